import { useEffect, useLayoutEffect, useRef } from "react";
import { useStudio } from "../../connection/studio.tsx";
import { useConnection } from "../../state/connection.ts";
import { wantImages } from "../../state/images.ts";

/** Minimum interval between requests for details while the view moves, milliseconds. */
const EVERY_MS = 100;
/** Details are read for this many times the rendered rows, in both directions. */
const AHEAD = 6;

/**
 * Requests the details of the pictures from `first` up to, but excluding, `end` at once, and of those around them a
 * moment later. Pictures that a fast scroll only passes are not requested.
 */
export function useDetails(ids: readonly string[], first: number, end: number): void {
  const { client } = useStudio();
  // Details that could not be read while the studio was unreachable are requested again.
  const isLive = useConnection(({ state }) => state === "live");
  const latest = useRef({ ids, first, end });
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  // Before paint, so that missing details are already on their way.
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
