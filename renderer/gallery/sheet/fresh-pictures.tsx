import { ArrowUp } from "lucide-react";
import { Button } from "../../ui/button.tsx";
import { useWords } from "../../words/words.ts";
import styles from "../gallery-page.module.css";

function goUp(): void {
  document.querySelector('[role="grid"]')?.scrollTo({ top: 0 });
}

/** Pictures came in above what is looked at: the way to them. */
export function FreshPictures({ count }: { count: number }) {
  const t = useWords("gallery");
  return (
    <div className={styles.fresh} role="status">
      <Button icon={ArrowUp} onPress={goUp}>
        {t("fresh", { count })}
      </Button>
    </div>
  );
}
