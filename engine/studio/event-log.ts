import { withEventMeta } from "@orpc/server";
import type { StudioEvent } from "../contract/events.ts";
import { os } from "./implementer.ts";

/** An event and its number, which only grows. */
export interface LoggedEvent {
  readonly id: number;
  readonly event: StudioEvent;
}

/** Who was away for longer than this takes everything anew. */
const KEPT = 2000;
/** The same of letters as JSON: a thousand rows of long prompts are one event, too. */
const KEPT_LETTERS = 8 << 20;

/** What happened lately, and who listens. */
export class EventLog {
  readonly #listeners = new Set<() => void>();
  readonly #closing = new AbortController();
  readonly #events: (LoggedEvent & { readonly letters: number })[] = [];
  #letters = 0;
  #lastId: number;

  /** Numbers go on from `firstId`, so that those of an earlier run are never taken for ours. */
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
   * Everything after event `after`, until `signal` aborts or the log is closed. Where that is not given
   * or not known any more, at the start or because its reader stalled, comes `reset`, and then what is
   * new. A reader that stalls holds one event and no others.
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

  /** Numbers have no gaps, so the place of an event follows from its number. */
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

/** The stream of what happens, which resumes after the last event that a page has seen. */
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
