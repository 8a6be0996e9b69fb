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
   * Everything after event `after`, without end. Where that is not known any more, or not given, it
   * begins with `reset` and goes on with what is new.
   */
  async *follow(after: number | undefined, signal?: AbortSignal): AsyncGenerator<LoggedEvent> {
    let last = this.#lastId;
    if (after !== undefined && this.#knowsAllSince(after)) last = after;
    else yield { id: last, event: { type: "reset" } };
    while (signal?.aborted !== true) {
      const fresh = this.#events.filter(({ id }) => id > last);
      yield* fresh;
      last = fresh.at(-1)?.id ?? last;
      if (fresh.length === 0) await this.#nextEvent(signal);
    }
  }

  #knowsAllSince(id: number): boolean {
    const oldest = this.#events[0]?.id ?? this.#lastId + 1;
    return id <= this.#lastId && id >= oldest - 1;
  }

  #nextEvent(signal?: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#listeners.add(resolve);
    signal?.addEventListener("abort", () => resolve(), { once: true });
    return promise.finally(() => this.#listeners.delete(resolve));
  }
}
