import { UNSTABLE_ToastQueue as ToastQueue } from "react-aria-components";

/** A word that comes by itself and goes by itself. */
export interface Toast {
  readonly text: string;
  /** Something failed: an icon goes with it. */
  readonly isFailure?: boolean;
  readonly code?: string | undefined;
  readonly action?: { readonly label: string; run(): void };
}

/** As long as Undo is offered. */
const UNDO_MS = 8000;
const FAILURE_MS = 12_000;
const PLAIN_MS = 5000;

/** As many of the last steps as can be taken back. */
const KEPT_UNDOS = 20;

export const toastQueue = new ToastQueue<Toast>({ maxVisibleToasts: 3 });

export function showToast(text: string, action?: Toast["action"]): void {
  const timeout = action === undefined ? PLAIN_MS : UNDO_MS;
  toastQueue.add({ text, ...(action && { action }) }, { timeout });
}

/** What takes back the last steps, the newest last. */
const undos: (() => void)[] = [];
let doneAt = 0;

/** Tells of something done that can be taken back: by the toast's button, or by Ctrl+Z for as long as the page is open. */
export function showUndo(text: string, action: NonNullable<Toast["action"]>): void {
  const run = () => {
    const at = undos.indexOf(run);
    if (at < 0) return;
    undos.splice(at, 1);
    action.run();
  };
  undos.push(run);
  if (undos.length > KEPT_UNDOS) undos.shift();
  doneAt = performance.now();
  showToast(text, { label: action.label, run });
}

/** Takes back what was done last; nothing where there is nothing. */
export function undoLast(): void {
  const run = undos.at(-1);
  run?.();
  for (const { key, content } of toastQueue.visibleToasts)
    if (run !== undefined && content.action?.run === run) toastQueue.close(key);
}

/** Whether something was done, and not taken back, after a moment in the page's time. */
export function wasDoneAfter(moment: number): boolean {
  return undos.length > 0 && doneAt > moment;
}

/** Tells what went wrong, in the words of the error. */
export function showFailure(error: unknown): void {
  const text = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && "code" in error ? String(error.code) : undefined;
  toastQueue.add({ text, code, isFailure: true }, { timeout: FAILURE_MS });
}

/** Waits for a command whose answer nobody needs; its failure is told in a toast. */
export function attempt(command: Promise<unknown> | undefined): void {
  command?.catch(showFailure);
}
