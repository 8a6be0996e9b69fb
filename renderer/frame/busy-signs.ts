import { useEffect } from "react";
import { desktop } from "../connection/desktop.ts";
import { useIsLost } from "../state/connection.ts";
import { shareOf, useProgress } from "../state/progress.ts";
import { runningOf, useQueue } from "../state/queue.ts";
import { useSending } from "../state/sending.ts";
import { useWords } from "../words/words.ts";
import { useRunNotices } from "./run-notices.ts";
import { useStartAnnouncement } from "./start-announcement.ts";

/**
 * Shows the studio's progress in the page title and icon, and in the desktop's taskbar. A component of its own, which
 * renders nothing: the frame does not render with the progress.
 */
export function BusySigns({ page }: { readonly page: string }) {
  const t = useWords("frame");
  const isLost = useIsLost();
  const open = useQueue(({ openIds }) => openIds.length);
  const count = isLost ? 0 : open;
  const share = useShareOfRunning();
  useEffect(() => {
    document.title = count > 0 ? t("busyTitle", { count, page }) : t("title", { page });
    const icon = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
    if (icon) icon.href = count > 0 ? "/icon-busy.svg" : "/icon-idle.svg";
  }, [count, page, t]);
  useEffect(() => {
    void desktop?.setProgress(count > 0 ? (share ?? 0) : null, count);
  }, [count, share]);
  useRunNotices();
  useStartAnnouncement();
  useLeaveQuestion();
  return null;
}

/** A closed page stops sending its files, so the browser asks first. */
function useLeaveQuestion(): void {
  const isSending = useSending(({ all }) => all.length > 0);
  useEffect(() => {
    if (!isSending) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener("beforeunload", ask);
    return () => removeEventListener("beforeunload", ask);
  }, [isSending]);
}

/** In steps of a hundredth; the taskbar needs no finer ones. */
function useShareOfRunning(): number | undefined {
  const id = useQueue((queue) => runningOf(queue)?.id);
  return useProgress((all) => {
    const progress = id === undefined ? undefined : all[id];
    const share = shareOf(progress);
    return share && Math.round(100 * share) / 100;
  });
}
