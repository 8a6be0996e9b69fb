import { useEffect } from "react";
import { followEvents } from "../connection/event-stream.ts";
import { useStudio } from "../connection/studio.tsx";
import { applyEvents } from "./apply-event.ts";
import { reportLive, reportLost } from "./connection.ts";

/** Keeps the pages' state up to date with the studio while the page is open. */
export function useFollowStudio(): void {
  const studio = useStudio();
  useEffect(() => {
    const leaving = new AbortController();
    const listener = {
      onEvents: (events: Parameters<typeof applyEvents>[0]) => applyEvents(events, studio),
      onConnected: reportLive,
      onLost: reportLost,
    };
    void followEvents(studio.client, listener, leaving.signal);
    return () => leaving.abort();
  }, [studio]);
}
