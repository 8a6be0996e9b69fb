import { getEventMeta } from "@orpc/client";
import type { StudioEvent } from "../../engine/contract/events.ts";
import type { StudioClient } from "../../engine/contract/studio-client.ts";
import { asFailure, type Failure } from "./failure.ts";

const FIRST_DELAY_MS = 250;
const LONGEST_DELAY_MS = 5000;

/** Who listens to the studio. */
export interface EventListener {
  /** The next event waits for this one; where it fails, the stream begins anew. */
  onEvent(event: StudioEvent): Promise<void>;
  onConnected(): void;
  /** Another attempt follows by itself. */
  onLost(failure: Failure): void;
}

/**
 * Follows the studio's events until aborted. A stream that breaks is opened again from the last
 * event seen, at growing distances; what was missed arrives, or `reset` does.
 */
export async function followEvents(
  client: StudioClient,
  listener: EventListener,
  signal: AbortSignal,
): Promise<void> {
  let lastEventId: string | undefined;
  let delayMs = FIRST_DELAY_MS;
  while (!signal.aborted) {
    try {
      const events = await client.events.subscribe(undefined, { signal, lastEventId });
      listener.onConnected();
      for await (const event of events) {
        await listener.onEvent(event);
        lastEventId = getEventMeta(event)?.id ?? lastEventId;
        delayMs = FIRST_DELAY_MS;
      }
    } catch (error) {
      if (signal.aborted) return;
      listener.onLost(asFailure(error));
    }
    await pause(delayMs, signal);
    delayMs = Math.min(2 * delayMs, LONGEST_DELAY_MS);
  }
}

/** Waits between two attempts; an abort ends the wait, and is no failure. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  signal.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
  return promise;
}
