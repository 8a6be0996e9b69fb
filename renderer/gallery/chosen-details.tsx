import { Details } from "../picture/details.tsx";
import { DetailsColumn } from "../picture/details-column.tsx";
import { useImages } from "../state/images.ts";
import { useWords } from "../words/words.ts";
import styles from "./gallery-page.module.css";

/** How the one chosen or open picture was made. */
export function ChosenDetails({ ids, onHide }: { ids: readonly string[]; onHide: () => void }) {
  const t = useWords("gallery");
  const image = useImages((images) => (ids.length === 1 ? images[ids[0] ?? ""] : undefined));
  return (
    <DetailsColumn onHide={onHide}>
      {image && <Details image={image} />}
      {ids.length === 0 && <p className={styles.note}>{t("nothingChosen")}</p>}
      {ids.length > 1 && <p className={styles.note}>{t("chosen", { count: ids.length })}</p>}
    </DetailsColumn>
  );
}
