import { StudioError } from "../contract/errors.ts";
import type { Generation } from "../contract/generation.ts";
import type { NewPicture } from "../gallery/keep-picture.ts";
import type { Outcome } from "../queue/generation-table.ts";
import type { Queue } from "../queue/queue.ts";
import { neverStarted } from "../endpoints/retries.ts";
import { UnsavedPictures } from "./unsaved-pictures.ts";

export interface DrawingWorkerParts {
  readonly queue: Pick<Queue, "isPaused" | "startNext" | "end" | "moveOn">;
  /** Draws a generation; rejects with the signal's reason once the device is free. */
  readonly draw: (generation: Generation, signal: AbortSignal) => Promise<NewPicture>;
  /** Stores a picture in the gallery and gives its id there. */
  readonly keep: (picture: NewPicture) => Promise<string>;
  /** Frees the model's memory. */
  readonly unload: () => void;
  /** Called when a generation is moved to another target's queue. */
  readonly onMoved?: ((target: string) => void) | undefined;
  readonly logError: (error: unknown, doing: string) => void;
  readonly waiting?: Waiting;
}

/** Pauses in milliseconds. */
export interface Waiting {
  /** After the third picture in a row that ended the inference process; doubles with each further one. */
  readonly afterCrashMs: number;
  /** After a failure to write to the queue. */
  readonly afterRefusalMs: number;
}

const WAITING: Waiting = { afterCrashMs: 10_000, afterRefusalMs: 3000 };
/** This many crashes in a row are taken for accidents. */
const ACCIDENTS = 2;
const LONGEST_WAIT_MS = 300_000;
/** DEVICE_UNAVAILABLE is included: it is the refusal for a device on which every process dies. */
const CRASHES: ReadonlySet<string> = new Set(["INFERENCE_CRASHED", "DEVICE_UNAVAILABLE"]);

const CANCELLED = new DOMException("The generation was cancelled.", "AbortError");
const CLOSING = new DOMException("The studio is closing.", "AbortError");

interface Running {
  readonly id: string;
  readonly abort: AbortController;
}

/**
 * Draws what is queued, one after the other. A failed generation never stops the others. A picture that could not be
 * stored stays in memory until its generation is tried again.
 */
export class DrawingWorker {
  readonly #parts: DrawingWorkerParts;
  readonly #unsaved = new UnsavedPictures();
  readonly #closing = new AbortController();
  #finished: Promise<void> = Promise.resolve();
  #running: Running | undefined;
  #crashes = 0;
  #wasWoken = false;
  #wake: () => void = () => {};

  constructor(parts: DrawingWorkerParts) {
    this.#parts = parts;
  }

  /** Starts drawing; later calls do nothing. */
  start(): void {
    this.#finished = this.#work();
  }

  /** To be called when something was added, or pausing changed. */
  wake(): void {
    this.#wasWoken = true;
    this.#wake();
  }

  /** Cancels a running generation. */
  cancel(id: string): void {
    if (this.#running?.id === id) this.#running.abort.abort(CANCELLED);
  }

  /** Drops unsaved pictures of deleted generations. */
  forget(ids: readonly string[]): void {
    this.#unsaved.forget(ids);
  }

  /** Interrupts what runs; resolves when nothing runs any more. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.#running?.abort.abort(CLOSING);
    this.#wake();
    await this.#finished;
  }

  async #work(): Promise<void> {
    while (!this.#closing.signal.aborted) {
      this.#wasWoken = false;
      const next = await this.#insist(() => this.#next(), "starting a generation");
      if (next !== undefined) await this.#run(next);
      else if (!this.#wasWoken) await this.#rest();
    }
  }

  /** A log that cannot be written must not stop the work it reports on. */
  #logError(error: unknown, doing: string): void {
    try {
      this.#parts.logError(error, doing);
    } catch {
      // There is nowhere left to report this.
    }
  }

  #next(): Generation | undefined {
    const { queue, unload } = this.#parts;
    if (!queue.isPaused) return queue.startNext();
    unload();
    return undefined;
  }

  async #run(generation: Generation): Promise<void> {
    const abort = new AbortController();
    this.#running = { id: generation.id, abort };
    if (this.#closing.signal.aborted) abort.abort(CLOSING);
    const outcome = await this.#outcome(generation, abort.signal);
    this.#running = undefined;
    await this.#insist(() => this.#settle(generation, outcome), "ending a generation");
    await this.#afterCrash(outcome);
  }

  /** Ends a generation, or passes it to another target if its request was never sent. */
  #settle({ id, elsewhere }: Generation, outcome: Outcome): void {
    const { queue, onMoved } = this.#parts;
    const next = outcome.state === "failed" && neverStarted(outcome.error) && elsewhere?.[0];
    if (outcome.state !== "failed" || !next) return queue.end(id, outcome);
    queue.moveOn(id, outcome.error);
    onMoved?.(next.target);
  }

  async #outcome(generation: Generation, signal: AbortSignal): Promise<Outcome> {
    const { draw, keep } = this.#parts;
    try {
      const picture = this.#unsaved.get(generation.id) ?? (await draw(generation, signal));
      this.#unsaved.set(generation.id, picture);
      const imageId = await keep({ ...picture, id: generation.id });
      this.#unsaved.forget([generation.id]);
      return { state: "done", imageId };
    } catch (error) {
      const left = isLeft(error) ? { error } : {};
      if (signal.reason === CLOSING) return { state: "interrupted", ...left };
      if (signal.aborted) return { state: "cancelled", ...left };
      if (!(error instanceof StudioError)) this.#logError(error, "drawing");
      return { state: "failed", error };
    }
  }

  /** Waits before the next picture if the process keeps crashing. */
  async #afterCrash(outcome: Outcome): Promise<void> {
    const { error } = outcome.state === "failed" ? outcome : { error: undefined };
    const isCrash = error instanceof StudioError && CRASHES.has(error.code);
    this.#crashes = isCrash ? this.#crashes + 1 : 0;
    if (this.#crashes <= ACCIDENTS) return;
    const { afterCrashMs } = this.#parts.waiting ?? WAITING;
    await this.#rest(
      Math.min(LONGEST_WAIT_MS, afterCrashMs * 2 ** (this.#crashes - ACCIDENTS - 1)),
    );
  }

  /** Retries until it succeeds, since the queue's disk may be full for a while. Gives up when closing. */
  async #insist<T>(work: () => T, doing: string): Promise<T | undefined> {
    for (;;) {
      try {
        return work();
      } catch (error) {
        this.#logError(error, doing);
      }
      if (this.#closing.signal.aborted) return undefined;
      await this.#rest((this.#parts.waiting ?? WAITING).afterRefusalMs);
    }
  }

  /** Waits until woken or until the time is over. */
  async #rest(ms?: number): Promise<void> {
    if (this.#closing.signal.aborted) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = resolve;
    const timer = ms === undefined ? undefined : setTimeout(resolve, ms);
    await promise;
    clearTimeout(timer);
  }
}

/** Whether the endpoint already had the request when the generation was given up. */
function isLeft(error: unknown): boolean {
  return error instanceof StudioError && error.code === "ENDPOINT_LEFT";
}
