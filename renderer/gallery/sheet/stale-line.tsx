import { RotateCcw } from "lucide-react";
import { Button } from "../../ui/button.tsx";
import { formatWhen } from "../../words/format.ts";
import { useWords } from "../../words/words.ts";
import styles from "../gallery-page.module.css";
import type { ShownNames } from "./use-names.ts";

/** Pictures are shown, but the newest could not be asked for: since when. */
export function StaleLine({ shown }: { shown: ShownNames }) {
  const t = useWords("gallery");
  const ui = useWords("ui");
  return (
    <div className={styles.stale} role="status">
      {t("stale", { when: formatWhen(shown.readAt.toISOString()) })}
      <Button variant="plain" size="dense" icon={RotateCcw} onPress={shown.retry}>
        {ui("tryAgain")}
      </Button>
    </div>
  );
}
