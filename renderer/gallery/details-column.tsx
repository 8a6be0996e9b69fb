import { PanelRightClose } from "lucide-react";
import { Details } from "../picture/details.tsx";
import { useImages } from "../state/images.ts";
import { IconButton } from "../ui/icon-button.tsx";
import { useWords } from "../words/words.ts";
import styles from "./details-column.module.css";

/** How the one chosen or open picture was made. */
export function DetailsColumn({ ids, onHide }: { ids: readonly string[]; onHide: () => void }) {
  const t = useWords("gallery");
  const image = useImages((images) => (ids.length === 1 ? images[ids[0] ?? ""] : undefined));
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
      {image && <Details image={image} />}
      {ids.length === 0 && <p className={styles.note}>{t("nothingChosen")}</p>}
      {ids.length > 1 && <p className={styles.note}>{t("chosen", { count: ids.length })}</p>}
    </aside>
  );
}
