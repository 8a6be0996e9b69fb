import { UNSTABLE_ToastQueue as ToastQueue } from "react-aria-components";

/** A word that comes by itself and goes by itself. */
export interface Toast {
  readonly text: string;
  /** Something failed: an icon goes with it. */
  readonly isFailure?: boolean;
  readonly code?: string | undefined;
  readonly action?: { readonly label: string; run(): void };
  /** What its action takes back. */
  readonly step?: Step;
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

/** What was done, and how it is taken back. */
export interface Done {
  readonly text: string;
  readonly undo: () => unknown;
}

/** Something that can be taken back, from the moment it was asked for. */
interface Step {
  /** Undefined until it is done. */
  done?: Done;
}

/** The last steps, the newest last. */
const steps: Step[] = [];
let doneAt = 0;
/** Ends once all that was asked for is done, and taken back where that was asked for. */
let turn: Promise<void> = Promise.resolve();

/** Does one after the other, in the order in which it was asked for; a failure is told and holds up nothing. */
function inTurn(work: () => Promise<unknown>): void {
  const before = turn;
  turn = (async () => {
    await before;
    await work().catch(showFailure);
  })();
}

function begin(): Step {
  const step = {};
  steps.push(step);
  if (steps.length > KEPT_UNDOS) steps.shift();
  doneAt = performance.now();
  return step;
}

/** False where it was taken back before, or is too long ago. */
function forget(step: Step): boolean {
  const at = steps.indexOf(step);
  if (at >= 0) steps.splice(at, 1);
  return at >= 0;
}

function takeBack(step: Step): void {
  if (!forget(step)) return;
  for (const { key, content } of toastQueue.visibleToasts)
    if (content.step === step) toastQueue.close(key);
  inTurn(async () => step.done?.undo());
}

function tell(step: Step, { text }: Done, label: string): void {
  const action = { label, run: () => takeBack(step) };
  toastQueue.add({ text, action, step }, { timeout: UNDO_MS });
}

/**
 * Does something that can be taken back: by the button of its message, or by Ctrl+Z for as long as the page is open, also
 * while it is still being done. Such steps and what takes them back are done one after the other, so that each finds
 * what the one before left. Nothing can be taken back where the work gives nothing.
 */
export function doUndoable(label: string, work: () => Promise<Done | undefined>): void {
  const step = begin();
  inTurn(async () => {
    try {
      const done = await work();
      if (done === undefined) return void forget(step);
      step.done = done;
      if (steps.includes(step)) tell(step, done, label);
    } catch (error) {
      forget(step);
      throw error;
    }
  });
}

/** Tells of something done that can be taken back as the above. */
export function showUndo(text: string, action: NonNullable<Toast["action"]>): void {
  const step = begin();
  step.done = { text, undo: () => action.run() };
  tell(step, step.done, action.label);
}

/** Takes back what was asked for last; nothing where there is nothing. */
export function undoLast(): void {
  const step = steps.at(-1);
  if (step !== undefined) takeBack(step);
}

/** Whether something was done, and not taken back, after a moment in the page's time. */
export function wasDoneAfter(moment: number): boolean {
  return steps.length > 0 && doneAt > moment;
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
