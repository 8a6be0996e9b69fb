import { PanelRightClose } from "lucide-react";
import type { ReactNode } from "react";
import { IconButton } from "../ui/icon-button.tsx";
import { useWords } from "../words/words.ts";
import styles from "./details-column.module.css";

/** The column on the right with how a picture was made, and a button that hides it. */
export function DetailsColumn({ onHide, children }: { onHide: () => void; children: ReactNode }) {
  const t = useWords("picture");
  return (
    <aside className={styles.column} aria-label={t("details")}>
      <header className={styles.head}>
        <h2>{t("details")}</h2>
        <IconButton
          icon={PanelRightClose}
          label={t("hideDetails")}
          keys="i"
          placement="left"
          onPress={onHide}
        />
      </header>
      {children}
    </aside>
  );
}
