import { withEventMeta } from "@orpc/server";
import type { StudioEvent } from "../contract/events.ts";
import { os } from "./implementer.ts";

/** An event and its number, which only increases. */
export interface LoggedEvent {
  readonly id: number;
  readonly event: StudioEvent;
}

/** A client that missed more events than this reads everything again. */
const KEPT = 2000;
/** The same as JSON characters: a single event can have a thousand rows of long prompts. */
const KEPT_LETTERS = 8 << 20;

/** The latest events, and their listeners. */
export class EventLog {
  readonly #listeners = new Set<() => void>();
  readonly #closing = new AbortController();
  readonly #events: (LoggedEvent & { readonly letters: number })[] = [];
  #letters = 0;
  #lastId: number;

  /** Numbers continue from `firstId`, so that those of an earlier run are never mistaken for ours. */
  constructor(firstId: number) {
    this.#lastId = firstId;
  }

  publish(event: StudioEvent): void {
    const letters = JSON.stringify(event).length;
    this.#events.push({ id: ++this.#lastId, event, letters });
    this.#letters += letters;
    while (this.#events.length > KEPT || this.#letters > KEPT_LETTERS) {
      this.#letters -= this.#events.shift()?.letters ?? 0;
    }
    for (const wake of this.#listeners) wake();
  }

  /**
   * All events after `after`, until `signal` aborts or the log is closed. If `after` is missing or no longer known, or
   * if the reader stalls, a `reset` comes first. A stalled reader keeps one event in memory and no others.
   */
  async *follow(after: number | undefined, signal?: AbortSignal): AsyncGenerator<LoggedEvent> {
    const ends = AbortSignal.any([this.#closing.signal, ...(signal === undefined ? [] : [signal])]);
    let last = after;
    while (!ends.aborted) {
      if (last === undefined || !this.#knowsAllSince(last)) {
        last = this.#lastId;
        yield { id: last, event: { type: "reset" } };
      } else if (last < this.#lastId) {
        const { id, event } = this.#eventAfter(last);
        last = id;
        yield { id, event };
      } else await this.#nextEvent(ends);
    }
  }

  /** Ends every stream. */
  close(): void {
    this.#closing.abort();
  }

  /** Numbers have no gaps, so an event's position follows from its number. */
  #eventAfter(id: number): LoggedEvent {
    const next = this.#events.at(id - this.#lastId);
    if (next === undefined) throw new RangeError(`event ${id + 1} is not kept`);
    return next;
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

/** The stream of events, which resumes after the last one that a page has received. */
export function eventsProcedures({ events }: { readonly events: EventLog }) {
  return {
    subscribe: os.events.subscribe.handler(({ lastEventId, signal }) =>
      numbered(events, { lastEventId, signal }),
    ),
  };
}

interface Listener {
  readonly lastEventId: string | undefined;
  readonly signal: AbortSignal | undefined;
}

async function* numbered(
  events: EventLog,
  { lastEventId, signal }: Listener,
): AsyncGenerator<StudioEvent, void> {
  for await (const { id, event } of events.follow(numberOf(lastEventId), signal)) {
    yield withEventMeta({ ...event }, { id: String(id) });
  }
}

function numberOf(id: string | undefined): number | undefined {
  return id !== undefined && /^\d{1,16}$/.test(id) ? Number(id) : undefined;
}
