import { setTimeout as delay } from "node:timers/promises";
import { StudioError } from "../contract/errors.ts";
import type { ServerSettings } from "../contract/server.ts";
import type { Admission, AdmissionRequest } from "./admission.ts";
import { FairLine } from "./fair-line.ts";
import type { PictureEngine, PictureEvent } from "./picture-engine.ts";
import { newTicket, newTurn, type Ticket } from "./ticket.ts";
import { secondsUntilDone } from "./work.ts";

export interface AdmissionParts {
  readonly engine: Pick<PictureEngine, "draw" | "expectedSeconds" | "busySeconds">;
  readonly settings: () => Pick<ServerSettings, "queueLength" | "timeLimitSeconds">;
  /** Called with the seconds that a picture's reader took to encode it. */
  readonly onEncoded?: (seconds: number) => void;
  /** Called when a request arrives, starts or leaves. */
  readonly onChange?: () => void;
  /** A clock in milliseconds, from an arbitrary start. */
  readonly nowMs?: () => number;
}

/** A device is free at most this long after a cancel. */
const CLOSE_MS = 2500;

/** The maximum of a timer, 24 days; a longer one would fire at once. */
const MOST_SECONDS = (2 ** 31 - 1) / 1000;

/**
 * Requests waiting for the device, and the one that is drawn. After each picture another key's request gets its turn if
 * one waits: the pictures of a large request alternate with those of others.
 */
export class AdmissionQueue implements Admission {
  readonly #parts: AdmissionParts;
  readonly #nowMs: () => number;
  readonly #line = new FairLine<Ticket>();
  readonly #unfinished = new Set<Promise<void>>();
  #running: Ticket | undefined;

  constructor(parts: AdmissionParts) {
    this.#parts = parts;
    this.#nowMs = parts.nowMs ?? (() => performance.now());
  }

  /** Number of waiting requests, besides the one that is drawn. */
  get waiting(): number {
    return this.#line.length;
  }

  get isDrawing(): boolean {
    return this.#running !== undefined;
  }

  /** Refuses all waiting requests, and the current one once the device is free, as SERVER_CLOSING. */
  refuseAll(): void {
    const reason = new StudioError("SERVER_CLOSING");
    for (const ticket of this.#line.inOrder()) this.#cancel(ticket, reason);
    this.#running?.abort.abort(reason);
  }

  /** Refuses all requests; resolves when nothing is being drawn. */
  async close(): Promise<void> {
    this.refuseAll();
    const finished = Promise.all(this.#unfinished);
    await Promise.race([finished, delay(CLOSE_MS, undefined, { ref: false })]);
  }

  async *draw(request: AdmissionRequest): AsyncGenerator<PictureEvent, void> {
    request.signal.throwIfAborted();
    const ticket = newTicket(request, this.#parts.settings(), this.#nowMs());
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

  /** Enters the queue. Refuses as QUEUE_FULL, this request or one that had its place. */
  #enter(ticket: Ticket): void {
    const { queueLength } = this.#parts.settings();
    // If the device is free, the request only passes through the line.
    const isFree = this.#running === undefined && this.#line.length === 0;
    const loser = this.#line.enter(ticket, isFree ? 1 : queueLength);
    if (loser === "full") throw this.#full();
    if (loser !== undefined) this.#cancel(loser, this.#full());
    this.#tell();
  }

  #full(): StudioError {
    const seconds = atLeastASecond(this.#untilAPlace());
    return new StudioError("QUEUE_FULL", { waiting: this.#line.length, seconds });
  }

  /** Estimates the request's time; refuses as LIMIT_TOO_SHORT or TIME_LIMIT if it cannot finish within its limit. */
  async #check(ticket: Ticket): Promise<void> {
    const { engine } = this.#parts;
    const { work, limitSeconds: limit } = ticket;
    const expected = engine.expectedSeconds(ticket.job).catch(() => undefined);
    if (limit === Infinity) {
      void expected.then((seconds) => (work.seconds = seconds));
    } else {
      work.seconds = await expected;
      const { seconds = 0 } = work;
      // A request that takes too long even by itself will never fit.
      if (seconds > limit) {
        throw new StudioError("LIMIT_TOO_SHORT", { expected: rounded(seconds), limit });
      }
      const total = this.#untilDrawn(ticket);
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

  /** Removes a request from the line; if it is being drawn, the device is free once drawing has ended. */
  #cancel(ticket: Ticket, reason: unknown): void {
    ticket.abort.abort(reason);
    if (ticket === this.#running) return;
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
    next.work.begin(this.#nowMs());
    next.turn.resolve();
    this.#tell();
  }

  async *#drawing(
    ticket: Ticket,
    onStart: (() => void) | undefined,
  ): AsyncGenerator<PictureEvent, void> {
    const { job, abort } = ticket;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#unfinished.add(promise);
    try {
      onStart?.();
      const waitedMs = this.#nowMs() - ticket.arrivedMs;
      for await (const event of this.#parts.engine.draw({ ...job, waitedMs }, abort.signal)) {
        const givenMs = this.#nowMs();
        yield event;
        if (event.kind !== "picture") continue;
        this.#parts.onEncoded?.((this.#nowMs() - givenMs) / 1000);
        await this.#giveWay(ticket);
      }
    } catch (error) {
      // Whatever error the cancel caused, the client is told the reason of the cancel.
      throw abort.signal.aborted ? abort.signal.reason : error;
    } finally {
      resolve();
      this.#unfinished.delete(promise);
      this.#letGo(ticket);
    }
  }

  /** Between two pictures: waits for the next turn, or continues at once if no other key waits. */
  async #giveWay(ticket: Ticket): Promise<void> {
    ticket.work.finishPicture();
    if (ticket.work.isDone || ticket.abort.signal.aborted) return;
    ticket.turn = newTurn();
    this.#line.comeBack(ticket);
    this.#letGo(ticket);
    await ticket.turn.promise;
  }

  #letGo(ticket: Ticket): void {
    if (ticket !== this.#running) return;
    ticket.work.pause(this.#nowMs());
    this.#running = undefined;
    this.#advance();
    this.#tell();
  }

  /** Estimated seconds until a place is free: until the next request's first turn. */
  #untilAPlace(): number {
    const running = this.#running;
    const busy = this.#parts.engine.busySeconds();
    if (running === undefined) return busy;
    const isAlone = this.#line.inOrder().every(({ callerId }) => callerId === running.callerId);
    const { work } = running;
    return busy + (isAlone ? work.left(this.#nowMs()) : work.leftOfPicture(this.#nowMs()));
  }

  /** Estimated seconds until all its pictures are drawn. */
  #untilDrawn(ticket: Ticket): number {
    const line = this.#line.inOrder();
    const before = line.slice(0, line.indexOf(ticket));
    const others = line.filter(({ callerId }) => callerId !== ticket.callerId);
    const own = before.filter(({ callerId }) => callerId === ticket.callerId);
    const running = this.#running === undefined ? [] : [this.#running];
    const inFront = [...running, ...own, ...others];
    return this.#parts.engine.busySeconds() + secondsUntilDone(ticket, inFront, this.#nowMs());
  }

  #tell(): void {
    this.#parts.onChange?.();
  }
}

/** As Retry-After needs it. */
function atLeastASecond(seconds: number): number {
  return Math.max(1, Math.ceil(seconds));
}

function rounded(seconds: number): number {
  return Math.round(seconds * 10) / 10;
}
