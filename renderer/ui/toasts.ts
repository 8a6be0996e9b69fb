import { UNSTABLE_ToastQueue as ToastQueue } from "react-aria-components";

/** A button of a message. */
export interface ToastAction {
  readonly label: string;
  readonly run: () => void;
}

/** A message that appears and disappears by itself. */
export interface Toast {
  readonly text: string;
  /** A failure, shown with an icon. */
  readonly isFailure?: boolean;
  readonly code?: string | undefined;
  readonly actions?: readonly ToastAction[];
  /** What its last action undoes. */
  readonly step?: Step;
}

/** How long Undo is offered, milliseconds. */
const UNDO_MS = 8000;
const FAILURE_MS = 12_000;
const PLAIN_MS = 5000;

/** Maximum number of steps that can be undone. */
const KEPT_UNDOS = 20;

export const toastQueue = new ToastQueue<Toast>({ maxVisibleToasts: 3 });

export function showToast(text: string, ...actions: readonly ToastAction[]): void {
  const timeout = actions.length === 0 ? PLAIN_MS : UNDO_MS;
  toastQueue.add({ text, actions }, { timeout });
}

/** What was done, and how to undo it. */
export interface Done {
  readonly text: string;
  readonly undo: () => unknown;
}

/** Something that can be undone, from the moment it is requested. */
interface Step {
  /** Undefined until it is done. */
  done?: Done;
}

/** The last steps, newest last. */
const steps: Step[] = [];
let doneAt = 0;
/** Resolves when everything requested has been done, and undone if requested. */
let turn: Promise<void> = Promise.resolve();

/** Runs work in the order of the calls; a failure is shown and does not block what follows. */
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

/** Returns false if the step was undone already, or is too old. */
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

function tell(
  step: Step,
  { text }: Done,
  label: string,
  others: readonly ToastAction[] = [],
): void {
  const actions = [...others, { label, run: () => takeBack(step) }];
  toastQueue.add({ text, actions, step }, { timeout: UNDO_MS });
}

/**
 * Does something that can be undone: with the button of its message, or with Ctrl+Z as long as the page is open, even
 * while it is still running. Steps and their undos run one after another, so that each starts from the result of the
 * previous one. A step without a result cannot be undone.
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

/** Shows that something was done, with an action that undoes it as above, and maybe others before it. */
export function showUndo(text: string, undo: ToastAction, ...others: readonly ToastAction[]): void {
  const step = begin();
  step.done = { text, undo: () => undo.run() };
  tell(step, step.done, undo.label, others);
}

/** Undoes the step requested last, if there is one. */
export function undoLast(): void {
  const step = steps.at(-1);
  if (step !== undefined) takeBack(step);
}

/** Whether the last step's message is still visible and offers to undo it. */
export function isUndoOffered(): boolean {
  const step = steps.at(-1);
  return (
    step !== undefined && toastQueue.visibleToasts.some(({ content }) => content.step === step)
  );
}

/** Whether a step was requested after a moment in the page's time and not undone. */
export function wasDoneAfter(moment: number): boolean {
  return steps.length > 0 && doneAt > moment;
}

/** Shows an error's message. */
export function showFailure(error: unknown): void {
  const text = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && "code" in error ? String(error.code) : undefined;
  toastQueue.add({ text, code, isFailure: true }, { timeout: FAILURE_MS });
}

/** Waits for a command without using its result; its failure is shown in a toast. */
export function attempt(command: Promise<unknown> | undefined): void {
  command?.catch(showFailure);
}
