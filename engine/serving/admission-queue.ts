import { setTimeout as delay } from "node:timers/promises";
import { StudioError } from "../contract/errors.ts";
import type { ServerSettings } from "../contract/server.ts";
import type { Admission, AdmissionRequest } from "./admission.ts";
import { FairLine, type Waiter } from "./fair-line.ts";
import type { PictureEngine, PictureEvent, PictureJob } from "./picture-engine.ts";

export interface AdmissionParts {
  readonly engine: Pick<PictureEngine, "draw" | "expectedSeconds" | "busySeconds">;
  readonly settings: () => Pick<ServerSettings, "queueLength" | "timeLimitSeconds">;
  /** Told when somebody came, began or went. */
  readonly onChange?: () => void;
  /** Milliseconds from any start. */
  readonly nowMs?: () => number;
}

/** A device is free this long after a cancel, at the latest. */
const CLOSE_MS = 2500;

/** What a timer can wait for, 24 days; one that is to wait longer fires at once. */
const MOST_SECONDS = (2 ** 31 - 1) / 1000;

/** A request in front of the device. */
interface Ticket extends Waiter {
  readonly job: PictureJob;
  readonly arrivedMs: number;
  /** From when it came; infinite where there is none. */
  readonly limitSeconds: number;
  /** Cancels what it waits for, or draws, with the reason. */
  readonly abort: AbortController;
  readonly turn: PromiseWithResolvers<void>;
  /** What drawing it takes; undefined where that is not known. */
  seconds: number | undefined;
  /** Whether it may begin: its limit was looked at. */
  isChecked: boolean;
  startedMs: number | undefined;
}

/** Those that wait in front of the device, and the one that is drawn. */
export class AdmissionQueue implements Admission {
  readonly #parts: AdmissionParts;
  readonly #nowMs: () => number;
  readonly #line = new FairLine<Ticket>();
  #running: Ticket | undefined;
  #finished: Promise<void> = Promise.resolve();

  constructor(parts: AdmissionParts) {
    this.#parts = parts;
    this.#nowMs = parts.nowMs ?? (() => performance.now());
  }

  /** How many wait; one more may be drawn. */
  get waiting(): number {
    return this.#line.length;
  }

  get isDrawing(): boolean {
    return this.#running !== undefined;
  }

  /** Refuses all that wait, and what is drawn once the device is free, as SERVER_CLOSING. */
  refuseAll(): void {
    const reason = new StudioError("SERVER_CLOSING");
    for (const ticket of this.#line.inOrder()) this.#cancel(ticket, reason);
    this.#running?.abort.abort(reason);
  }

  /** Refuses everything; resolves when nothing is drawn any more. */
  async close(): Promise<void> {
    this.refuseAll();
    await Promise.race([this.#finished, delay(CLOSE_MS, undefined, { ref: false })]);
  }

  async *draw(request: AdmissionRequest): AsyncGenerator<PictureEvent, void> {
    request.signal.throwIfAborted();
    const ticket = this.#ticketOf(request);
    const onGone = (): void => this.#cancel(ticket, request.signal.reason);
    this.#enter(ticket);
    request.signal.addEventListener("abort", onGone, { once: true });
    const limit = this.#limit(ticket);
    try {
      await this.#check(ticket);
      await ticket.turn.promise;
      yield* this.#drawing(ticket, request.onStart);
    } finally {
      clearTimeout(limit);
      request.signal.removeEventListener("abort", onGone);
      this.#cancel(ticket, new DOMException("The reader has gone.", "AbortError"));
    }
  }

  #ticketOf({ job, caller, timeLimitSeconds }: AdmissionRequest): Ticket {
    const own = this.#parts.settings().timeLimitSeconds;
    const turn = Promise.withResolvers<void>();
    // Whoever is refused before waiting for it must not end the process.
    turn.promise.catch(() => undefined);
    return {
      callerId: caller.id,
      job: { ...job, keepsPictures: caller.keepsPictures },
      arrivedMs: this.#nowMs(),
      limitSeconds: Math.min(own ?? Infinity, timeLimitSeconds ?? Infinity),
      abort: new AbortController(),
      turn,
      seconds: undefined,
      isChecked: false,
      startedMs: undefined,
    };
  }

  /** Takes a place. Refuses as QUEUE_FULL, or has another refused so. */
  #enter(ticket: Ticket): void {
    const { queueLength } = this.#parts.settings();
    // One that finds the device free only passes through the line.
    const isFree = this.#running === undefined && this.#line.length === 0;
    const loser = this.#line.enter(ticket, isFree ? 1 : queueLength);
    if (loser === "full") throw this.#full();
    if (loser !== undefined) this.#cancel(loser, this.#full());
    this.#tell();
  }

  #full(): StudioError {
    const seconds = atLeastASecond(this.#untilFree());
    return new StudioError("QUEUE_FULL", { waiting: this.#line.length, seconds });
  }

  /** Learns what it takes; refuses as LIMIT_TOO_SHORT or TIME_LIMIT what could not be done in time. */
  async #check(ticket: Ticket): Promise<void> {
    const { engine } = this.#parts;
    const expected = engine.expectedSeconds(ticket.job).catch(() => undefined);
    if (ticket.limitSeconds === Infinity) {
      void expected.then((seconds) => (ticket.seconds = seconds));
    } else {
      ticket.seconds = await expected;
      const { seconds = 0, limitSeconds: limit } = ticket;
      // Of one that takes too long by itself no waiting makes less.
      if (seconds > limit) {
        throw new StudioError("LIMIT_TOO_SHORT", { expected: rounded(seconds), limit });
      }
      const total = this.#waitOf(ticket) + seconds;
      if (total > limit) {
        throw new StudioError("TIME_LIMIT", {
          expected: rounded(total),
          limit,
          seconds: atLeastASecond(total - limit),
        });
      }
    }
    ticket.isChecked = true;
    this.#advance();
  }

  #limit(ticket: Ticket): NodeJS.Timeout | undefined {
    const { limitSeconds } = ticket;
    if (limitSeconds > MOST_SECONDS) return undefined;
    const error = new StudioError("TIMED_OUT", { limit: limitSeconds });
    return setTimeout(() => this.#cancel(ticket, error), limitSeconds * 1000);
  }

  /** Gives up its place in the line; where it is drawn, the device is free once drawing has ended. */
  #cancel(ticket: Ticket, reason: unknown): void {
    ticket.abort.abort(reason);
    if (ticket.startedMs !== undefined) return;
    this.#line.leave(ticket);
    ticket.turn.reject(reason);
    this.#advance();
    this.#tell();
  }

  #advance(): void {
    if (this.#running !== undefined) return;
    const next = this.#line.serveNext(({ isChecked }) => isChecked);
    if (next === undefined) return;
    this.#running = next;
    next.startedMs = this.#nowMs();
    next.turn.resolve();
    this.#tell();
  }

  async *#drawing(
    { job, abort }: Ticket,
    onStart: (() => void) | undefined,
  ): AsyncGenerator<PictureEvent, void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#finished = promise;
    try {
      onStart?.();
      yield* this.#parts.engine.draw(job, abort.signal);
    } catch (error) {
      // Whatever a cancel made of it on the way, why it was cancelled is what a client is told.
      throw abort.signal.aborted ? abort.signal.reason : error;
    } finally {
      resolve();
      this.#running = undefined;
      this.#advance();
      this.#tell();
    }
  }

  /** Seconds until the device is free for the next of the line, as far as is known. */
  #untilFree(): number {
    const running = this.#running;
    const busy = this.#parts.engine.busySeconds();
    if (running?.startedMs === undefined) return busy;
    const since = (this.#nowMs() - running.startedMs) / 1000;
    return busy + Math.max(0, (running.seconds ?? 0) - since);
  }

  #waitOf(ticket: Ticket): number {
    const line = this.#line.inOrder();
    const before = line.slice(0, Math.max(0, line.indexOf(ticket)));
    return before.reduce((sum, { seconds }) => sum + (seconds ?? 0), this.#untilFree());
  }

  #tell(): void {
    this.#parts.onChange?.();
  }
}

/** As Retry-After has it. */
function atLeastASecond(seconds: number): number {
  return Math.max(1, Math.ceil(seconds));
}

function rounded(seconds: number): number {
  return Math.round(seconds * 10) / 10;
}
