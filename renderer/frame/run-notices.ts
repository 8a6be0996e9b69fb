import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { sendNotification } from "../connection/notification.ts";
import { useStudio } from "../connection/studio.tsx";
import { useQueue } from "../state/queue.ts";
import { isWorthTelling, type RunEnd, watchRuns } from "../state/run-end.ts";
import { playChime } from "../ui/chime.ts";
import { formatDuration } from "../words/format.ts";
import { useWords } from "../words/words.ts";

/** Announces the end of a long run once, with a notification and possibly a sound, as the settings say. */
export function useRunNotices(): void {
  const t = useWords("frame");
  const { queries } = useStudio();
  const settings = useQuery(queries.settings.get.queryOptions()).data;
  const tell = useRef<(end: RunEnd) => void>(() => {});
  tell.current = (end) => {
    if (settings === undefined || !isWorthTelling(end, settings, document.hasFocus())) return;
    const { done, failed, seconds, last } = end;
    const time = t("ended.took", { time: formatDuration(seconds) });
    const prompt = last.order.prompt === "" ? time : `${last.order.prompt} · ${time}`;
    const title =
      done > 0 && failed > 0
        ? t("ended.some", { done, failed })
        : t(failed > 0 ? "ended.failed" : "ended.done", { count: done + failed });
    sendNotification(title, failed > 0 ? (last.error?.message ?? prompt) : prompt);
    if (settings.notifySound) void playChime().catch(() => {});
  };
  useEffect(() => useQueue.subscribe(watchRuns((end) => tell.current(end))), []);
}
