import type { ReactNode } from "react";
import { useWords } from "../../words/words.ts";
import styles from "./ignorable.module.css";

/** Fields that the chosen endpoint may not read: they stay in view then, grey, and say so. */
export function Ignorable({ isIgnored, children }: { isIgnored: boolean; children: ReactNode }) {
  const t = useWords("generate");
  return (
    <div className={styles.fields}>
      {isIgnored && <p className={styles.note}>{t("target.ignored")}</p>}
      <div className={styles.fields} inert={isIgnored}>
        {children}
      </div>
    </div>
  );
}
