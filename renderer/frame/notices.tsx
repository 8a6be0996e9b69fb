import { useQuery } from "@tanstack/react-query";
import { TriangleAlert, X } from "lucide-react";
import { useStudio } from "../connection/studio.tsx";
import { markNoticesRead, useView } from "../state/view.ts";
import { Icon } from "../ui/icon.tsx";
import { IconButton } from "../ui/icon-button.tsx";
import { useWords } from "../words/words.ts";
import styles from "./notices.module.css";

/** What was found damaged when the studio began, above every page until it was read. */
export function Notices() {
  const t = useWords("frame");
  const { queries } = useStudio();
  const { data: machine } = useQuery(queries.machine.get.queryOptions());
  const readNotices = useView((view) => view.readNotices);
  const notices = machine?.notices ?? [];
  if (notices.every((notice) => readNotices.includes(notice))) return null;
  return (
    <section className={styles.notices} role="status" aria-label={t("notices.title")}>
      <span className={styles.sign}>
        <Icon of={TriangleAlert} />
      </span>
      <ul className={styles.sentences}>
        {notices.map((notice) => (
          <li key={notice}>{notice}</li>
        ))}
      </ul>
      <IconButton
        icon={X}
        size="dense"
        label={t("notices.dismiss")}
        onPress={() => markNoticesRead(notices)}
      />
    </section>
  );
}
