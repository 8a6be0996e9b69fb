import { RotateCcw } from "lucide-react";
import { Button } from "../ui/button.tsx";
import { useWords } from "../words/words.ts";
import styles from "./locked-out.module.css";

/** Instead of everything: how this browser gets to know the studio. */
export function LockedOut() {
  const t = useWords("frame");
  const again = useWords("ui");
  return (
    <main className={styles.page}>
      <div className={styles.words}>
        <h1 className={styles.title}>{t("lockedOut.title")}</h1>
        <p>{t("lockedOut.text")}</p>
        <code className={styles.command}>{t("lockedOut.command")}</code>
        <p>{t("lockedOut.next")}</p>
        <div>
          <Button icon={RotateCcw} onPress={() => location.reload()}>
            {again("tryAgain")}
          </Button>
        </div>
      </div>
    </main>
  );
}
