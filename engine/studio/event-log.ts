import type { StudioEvent } from "../contract/events.ts";

/** An event and its number, which only grows. */
export interface LoggedEvent {
  readonly id: number;
  readonly event: StudioEvent;
}

/** Who was away for longer than this takes everything anew. */
const KEPT = 2000;

/** What happened lately, and who listens. */
export class EventLog {
  readonly #listeners = new Set<() => void>();
  readonly #closing = new AbortController();
  #events: LoggedEvent[] = [];
  #lastId: number;

  /** Numbers go on from `firstId`, so that those of an earlier run are never taken for ours. */
  constructor(firstId: number) {
    this.#lastId = firstId;
  }

  publish(event: StudioEvent): void {
    this.#events.push({ id: ++this.#lastId, event });
    if (this.#events.length > 2 * KEPT) this.#events = this.#events.slice(-KEPT);
    for (const wake of this.#listeners) wake();
  }

  /**
   * Everything after event `after`, until `signal` aborts or the log is closed. Where that is not known
   * any more, or not given, it begins with `reset` and goes on with what is new.
   */
  async *follow(after: number | undefined, signal?: AbortSignal): AsyncGenerator<LoggedEvent> {
    const ends = AbortSignal.any([this.#closing.signal, ...(signal === undefined ? [] : [signal])]);
    let last = this.#lastId;
    if (after !== undefined && this.#knowsAllSince(after)) last = after;
    else yield { id: last, event: { type: "reset" } };
    while (!ends.aborted) {
      for (const event of this.#eventsAfter(last)) {
        last = event.id;
        yield event;
      }
      // Asked again, since yielding takes time in which something may have happened.
      if (last === this.#lastId && !ends.aborted) await this.#nextEvent(ends);
    }
  }

  /** Ends every stream. */
  close(): void {
    this.#closing.abort();
  }

  /** Numbers have no gaps, so the place of an event follows from its number. */
  #eventsAfter(id: number): readonly LoggedEvent[] {
    return this.#events.slice(Math.max(0, this.#events.length - (this.#lastId - id)));
  }

  #knowsAllSince(id: number): boolean {
    return id <= this.#lastId && id >= this.#lastId - this.#events.length;
  }

  #nextEvent(ends: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#listeners.add(resolve);
    const onAbort = (): void => resolve();
    ends.addEventListener("abort", onAbort, { once: true });
    return promise.finally(() => {
      this.#listeners.delete(resolve);
      ends.removeEventListener("abort", onAbort);
    });
  }
}
