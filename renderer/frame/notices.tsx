import { useQuery } from "@tanstack/react-query";
import { TriangleAlert, X } from "lucide-react";
import { useEffect } from "react";
import { Link } from "wouter";
import type { Notice } from "../../engine/contract/machine.ts";
import { sendNotification } from "../connection/notification.ts";
import { useStudio } from "../connection/studio.tsx";
import { markNoticesRead, markNoticesTold, useView } from "../state/view.ts";
import { IconButton } from "../ui/icon-button.tsx";
import { Icon } from "../ui/icon.tsx";
import { useWords } from "../words/words.ts";
import styles from "./frame.module.css";

/** What was found damaged when the studio started, and tokens that expire; above every page until it is dismissed. */
export function Notices() {
  const t = useWords("frame");
  const { queries } = useStudio();
  const { data: machine } = useQuery(queries.machine.get.queryOptions());
  const readNotices = useView((view) => view.readNotices);
  const notices = machine?.notices ?? [];
  useTokenAlerts(machine?.notices);
  if (notices.every(({ text }) => readNotices.includes(text))) return null;
  return (
    <section className={styles.notices} role="status" aria-label={t("notices.title")}>
      <span className={styles.sign}>
        <Icon of={TriangleAlert} />
      </span>
      <ul className={styles.sentences}>
        {notices.map(({ text, endpointId }) => (
          <li key={text}>
            {text}{" "}
            {endpointId !== undefined && (
              <Link href={`/endpoints?edit=${endpointId}&at=token`}>{t("notices.enterToken")}</Link>
            )}
          </li>
        ))}
      </ul>
      <IconButton
        icon={X}
        size="dense"
        label={t("notices.dismiss")}
        onPress={() => markNoticesRead(notices.map(({ text }) => text))}
      />
    </section>
  );
}

/**
 * Sends a notification once for each token that is about to expire, and once when it has, if the settings allow
 * notifications. Remembered by this browser, so that a restart does not repeat it.
 */
function useTokenAlerts(notices: readonly Notice[] | undefined): void {
  const t = useWords("frame");
  const { queries } = useStudio();
  const settings = useQuery(queries.settings.get.queryOptions()).data;
  useEffect(() => {
    if (notices === undefined || settings === undefined) return;
    const texts = notices.flatMap(({ text, endpointId }) => (endpointId === undefined ? [] : text));
    const { toldNotices } = useView.getState();
    const news = texts.filter((text) => !toldNotices.includes(text));
    const isSeen = settings.notifyWhen !== "always" && document.hasFocus();
    if (settings.notify && !isSeen && news.length > 0) {
      sendNotification(t("notices.title"), news.join("\n"));
    }
    if (news.length > 0 || texts.length < toldNotices.length) markNoticesTold(texts);
  }, [notices, settings, t]);
}
