import { withEventMeta } from "@orpc/server";
import type { StudioEvent } from "../contract/events.ts";
import type { EventLog } from "./event-log.ts";
import { os } from "./implementer.ts";

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
