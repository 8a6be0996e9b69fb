import { useEffect, useLayoutEffect, useRef } from "react";
import { useStudio } from "../../connection/studio.tsx";
import { useConnection } from "../../state/connection.ts";
import { wantImages } from "../../state/images.ts";

/** Details are asked for at most so often while the view moves. */
const EVERY_MS = 100;
/** How much further than the rows that are made: so many times as much, to both sides. */
const AHEAD = 6;

/**
 * Asks for the details of the pictures from `first` to before `end` at once, and of those around
 * them a moment later. While the view flies over thousands, what it passed is not asked for.
 */
export function useDetails(ids: readonly string[], first: number, end: number): void {
  const { client } = useStudio();
  // What could not be read while the studio was away is asked for again.
  const isLive = useConnection(({ state }) => state === "live");
  const latest = useRef({ ids, first, end });
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  // Before the frame is shown: what it lacks is on its way by then.
  useLayoutEffect(() => {
    latest.current = { ids, first, end };
    if (timer.current !== undefined || end === 0) return;
    wantImages(client, ids.slice(first, end));
    timer.current = setTimeout(() => {
      timer.current = undefined;
      const { ids, first, end } = latest.current;
      const more = Math.ceil(AHEAD * (end - first));
      wantImages(client, ids.slice(Math.max(0, first - more), end + more));
    }, EVERY_MS);
  }, [client, ids, first, end, isLive]);
  useEffect(
    () => () => {
      clearTimeout(timer.current);
      timer.current = undefined;
    },
    [],
  );
}
