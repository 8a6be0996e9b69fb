import { useEffect } from "react";
import type { Generation } from "../../engine/contract/generation.ts";
import { desktop } from "../connection/desktop.ts";
import { useTargetName } from "../picture/targets.ts";
import { useProgress } from "../state/progress.ts";
import { useQueue } from "../state/queue.ts";
import { showToast } from "../ui/toasts.ts";
import { formatDuration } from "../words/format.ts";
import { useWords } from "../words/words.ts";

/**
 * Tells when an endpoint that was waited for has given its first picture: whoever pressed went elsewhere meanwhile. A
 * browser notifies where it may; the desktop announces every finished picture already.
 */
export function useStartAnnouncement(): void {
  const t = useWords("frame");
  const nameOf = useTargetName();
  useEffect(() => {
    const started = new Map<string, () => number>();
    const leaveProgress = useProgress.subscribe((all) => {
      for (const [id, { starting, startedSeconds }] of Object.entries(all)) {
        if (startedSeconds !== undefined) started.set(id, () => startedSeconds);
        // A quick picture is there before anything else is told.
        else if (starting) started.set(id, countingOn(starting.elapsedSeconds));
      }
    });
    const tell = ({ target, order }: Generation, seconds: number): void => {
      const text = t("started", { name: nameOf(target), time: formatDuration(seconds) });
      showToast(text);
      if (desktop === undefined && document.hidden) notify(text, order.prompt);
    };
    const leaveQueue = useQueue.subscribe(({ byId }) => {
      for (const [id, seconds] of started) {
        const generation = byId[id];
        if (generation?.state === "running") continue;
        started.delete(id);
        if (generation?.state === "done") tell(generation, seconds());
      }
    });
    return () => {
      leaveProgress();
      leaveQueue();
    };
  }, [t, nameOf]);
}

function countingOn(seconds: number): () => number {
  const from = performance.now();
  return () => seconds + (performance.now() - from) / 1000;
}

function notify(title: string, body: string): void {
  if (!("Notification" in globalThis) || Notification.permission !== "granted") return;
  try {
    const shown = new Notification(title, { body });
    shown.addEventListener("click", () => globalThis.focus());
  } catch {
    // A phone's browser lets only service workers notify; the toast is there.
  }
}
