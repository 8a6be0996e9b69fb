import { getEventMeta } from "@orpc/client";
import type { StudioEvent } from "../../engine/contract/events.ts";
import type { StudioClient } from "../../engine/contract/studio-client.ts";
import { asFailure, type Failure } from "./failure.ts";

const FIRST_DELAY_MS = 250;
const LONGEST_DELAY_MS = 5000;

/** A listener to the studio's events. */
export interface EventListener {
  /** Events that arrived together, in order. Later ones wait until it resolves; if it fails, the stream starts again. */
  onEvents(events: readonly StudioEvent[]): Promise<void>;
  onConnected(): void;
  /** Another attempt follows automatically. */
  onLost(failure: Failure): void;
}

/**
 * Follows the studio's events until aborted. A broken stream is reopened after the last event seen, with growing
 * delays; missed events arrive, or `reset` does.
 */
export async function followEvents(
  client: StudioClient,
  listener: EventListener,
  signal: AbortSignal,
): Promise<void> {
  let lastEventId: string | undefined;
  let delayMs = FIRST_DELAY_MS;
  while (!signal.aborted) {
    const ending = new AbortController();
    try {
      const either = AbortSignal.any([signal, ending.signal]);
      const events = await client.events.subscribe(undefined, { signal: either, lastEventId });
      listener.onConnected();
      for await (const burst of bursts(events)) {
        await listener.onEvents(burst);
        lastEventId = lastIdIn(burst) ?? lastEventId;
        delayMs = FIRST_DELAY_MS;
      }
    } catch (error) {
      if (signal.aborted) return;
      listener.onLost(asFailure(error));
    } finally {
      ending.abort();
    }
    await pause(delayMs, signal);
    delayMs = Math.min(2 * delayMs, LONGEST_DELAY_MS);
  }
}

/** The id of the last event that has one. */
function lastIdIn(events: readonly StudioEvent[]): string | undefined {
  return events.map((event) => getEventMeta(event)?.id).findLast((id) => id !== undefined);
}

/** Groups events that have already arrived, so that the page renders once for all of them. */
async function* bursts<Event>(events: AsyncIterable<Event>): AsyncGenerator<readonly Event[]> {
  const iterator = events[Symbol.asyncIterator]();
  let next = iterator.next();
  for (;;) {
    const first = await next;
    if (first.done === true) return;
    const burst = [first.value];
    const isOver = turn();
    for (;;) {
      next = iterator.next();
      // If the stream breaks now, the events before the break are applied first.
      const more = await Promise.race([next.catch(() => undefined), isOver]);
      if (more === undefined || more.done === true) break;
      burst.push(more.value);
    }
    yield burst;
  }
}

/** Resolves in the next task of the page. */
function turn(): Promise<undefined> {
  return new Promise((resolve) => setTimeout(resolve, 0, undefined));
}

/** Waits between two attempts. An abort ends the wait without an error. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  signal.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
  return promise;
}
