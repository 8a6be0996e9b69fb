import { Copy } from "lucide-react";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { TextField } from "../../ui/text-field.tsx";
import { useWords } from "../../words/words.ts";
import styles from "./new-key-dialog.module.css";
import { KEY_VARIABLE } from "../snippets/snippets.ts";
import { useCopy } from "../use-copy.ts";

/** A key, this once: it goes from here to where it is used, and lies nowhere in the page. */
export function MadeKeyDialog({ secret, onClose }: { secret: string; onClose: () => void }) {
  const t = useWords("server");
  const copy = useCopy();
  return (
    <Dialog
      title={t("madeKey.title")}
      isAlert
      isOpen
      onClose={onClose}
      actions={
        <>
          <Button icon={Copy} onPress={() => copy(secret)}>
            {t("madeKey.copy")}
          </Button>
          <Button variant="filled" onPress={onClose}>
            {t("madeKey.done")}
          </Button>
        </>
      }
    >
      <div className={styles.form}>
        <p>{t("madeKey.once")}</p>
        <TextField label={t("madeKey.key")} value={secret} isReadOnly isCode />
        <p className={styles.note}>{t("madeKey.use", { variable: KEY_VARIABLE })}</p>
      </div>
    </Dialog>
  );
}
