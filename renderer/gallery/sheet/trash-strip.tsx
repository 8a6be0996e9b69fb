import { ArrowLeft, Trash2 } from "lucide-react";
import { Button } from "../../ui/button.tsx";
import { useWords } from "../../words/words.ts";
import styles from "./trash-strip.module.css";

export interface TrashStripProps {
  readonly isEmpty: boolean;
  readonly onClose: () => void;
  readonly onEmpty: () => void;
}

/** Says that this is the trash, and how to be rid of it. */
export function TrashStrip({ isEmpty, onClose, onEmpty }: TrashStripProps) {
  const t = useWords("gallery");
  return (
    <section className={styles.strip} aria-label={t("trash.title")}>
      <h2>{t("trash.title")}</h2>
      <p className={styles.note}>{t("trash.note")}</p>
      <Button variant="plain" icon={ArrowLeft} onPress={onClose}>
        {t("trash.close")}
      </Button>
      <Button variant="danger" icon={Trash2} isDisabled={isEmpty} onPress={onEmpty}>
        {t("trash.empty")}
      </Button>
    </section>
  );
}
