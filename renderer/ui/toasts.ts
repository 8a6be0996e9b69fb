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

export const toastQueue = new ToastQueue<Toast>({ maxVisibleToasts: 3 });

export function showToast(text: string, action?: Toast["action"]): void {
  const timeout = action === undefined ? PLAIN_MS : UNDO_MS;
  toastQueue.add({ text, ...(action && { action }) }, { timeout });
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
