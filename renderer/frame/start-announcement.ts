import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import type { Generation } from "../../engine/contract/generation.ts";
import { sendNotification } from "../connection/notification.ts";
import { useStudio } from "../connection/studio.tsx";
import { useTargetName } from "../picture/targets.ts";
import { useProgress } from "../state/progress.ts";
import { useQueue } from "../state/queue.ts";
import { showToast } from "../ui/toasts.ts";
import { formatDuration } from "../words/format.ts";
import { useWords } from "../words/words.ts";

/**
 * Says when an endpoint that was waited for has drawn its first picture, with a notification if it continues to draw:
 * the person may have gone elsewhere meanwhile.
 */
export function useStartAnnouncement(): void {
  const t = useWords("frame");
  const nameOf = useTargetName();
  const { queries } = useStudio();
  const isWanted = useQuery(queries.settings.get.queryOptions()).data?.notify ?? false;
  const tell = useRef<(generation: Generation, seconds: number) => void>(() => {});
  tell.current = ({ target, order }, seconds) => {
    const text = t("started", { name: nameOf(target), time: formatDuration(seconds) });
    showToast(text);
    // The end of a run has its own notice.
    const goesOn = useQueue.getState().openIds.length > 0;
    if (isWanted && goesOn && !document.hasFocus()) sendNotification(text, order.prompt);
  };
  // One subscription for good: names and settings change while an endpoint starts, and the record of its start must
  // survive that.
  useEffect(() => {
    const started = new Map<string, () => number>();
    const leaveProgress = useProgress.subscribe((all) => {
      for (const [id, { starting, startedSeconds }] of Object.entries(all)) {
        if (startedSeconds !== undefined) started.set(id, () => startedSeconds);
        // A fast endpoint delivers the picture before it reports anything else.
        else if (starting) started.set(id, countingOn(starting.elapsedSeconds));
      }
    });
    const leaveQueue = useQueue.subscribe(({ byId }) => {
      for (const [id, seconds] of started) {
        const generation = byId[id];
        if (generation?.state === "running") continue;
        started.delete(id);
        if (generation?.state === "done") tell.current(generation, seconds());
      }
    });
    return () => {
      leaveProgress();
      leaveQueue();
    };
  }, []);
}

function countingOn(seconds: number): () => number {
  const from = performance.now();
  return () => seconds + (performance.now() - from) / 1000;
}
