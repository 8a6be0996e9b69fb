import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useStudio } from "../connection/studio.tsx";
import { Failed, Skeleton } from "../ui/async-states.tsx";
import { formatBytes } from "../words/format.ts";
import { useWords } from "../words/words.ts";
import styles from "./model-details.module.css";

/** The files that make up a model, asked for when they are unfolded. */
export function ModelFiles({ id }: { id: string }) {
  const t = useWords("models");
  const { queries } = useStudio();
  const [isOpen, setIsOpen] = useState(false);
  const { data: files, error } = useQuery({
    ...queries.models.files.queryOptions({ input: { id } }),
    enabled: isOpen,
  });
  return (
    <details
      className={styles.files}
      open={isOpen}
      onToggle={(event) => setIsOpen(event.currentTarget.open)}
    >
      <summary>{t("details.files")}</summary>
      {error && <Failed title={t("failed")} error={error} />}
      {isOpen && files === undefined && !error && <Skeleton className={styles.file} />}
      <ul>
        {files?.map(({ path, sizeBytes, sha256 }) => (
          <li key={path} className={styles.file}>
            <code>{path}</code>
            <span>{formatBytes(sizeBytes)}</span>
            <code title={sha256}>{sha256 ?? ""}</code>
          </li>
        ))}
      </ul>
    </details>
  );
}
