import { ShieldAlert } from "lucide-react";
import { useMemo } from "react";
import type { ArchiveMember } from "../../../engine/contract/archives.ts";
import { Icon } from "../../ui/icon.tsx";
import { formatBytes } from "../../words/format.ts";
import { useWords } from "../../words/words.ts";
import styles from "./archive-view.module.css";

/** Every file of an archive with kind and size; the content of an inner zip is indented below it. */
export function ArchiveContents({ members }: { members: readonly ArchiveMember[] }) {
  const t = useWords("archive");
  const groups = useMemo(
    () => Object.entries(Object.groupBy(members, ({ inside }) => inside ?? "")),
    [members],
  );
  return (
    <section className={styles.section} aria-label={t("contents")}>
      <h3 className={styles.title}>{t("contents")}</h3>
      <p className={styles.count}>{t("contentsOf", { count: members.length })}</p>
      {groups.map(([zip, files = []]) => (
        <div key={zip}>
          {zip !== "" && <h4 className={styles.group}>{t("inside", { zip })}</h4>}
          <ul className={styles.files}>
            {files.map((file) => (
              <MemberRow key={file.path} member={file} />
            ))}
          </ul>
        </div>
      ))}
    </section>
  );
}

function MemberRow({ member: { path, kind, sizeBytes } }: { member: ArchiveMember }) {
  const t = useWords("archive");
  return (
    <li className={styles.file}>
      <code>{path}</code>
      <span className={styles.sort} data-kind={kind}>
        {kind === "code" && <Icon of={ShieldAlert} />}
        {t(`kinds.${kind}`)}
      </span>
      <span className={styles.size}>{formatBytes(sizeBytes)}</span>
    </li>
  );
}
