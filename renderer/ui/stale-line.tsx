import { CircleAlert, RotateCcw } from "lucide-react";
import { formatReadAt } from "../words/format.ts";
import { useWords } from "../words/words.ts";
import { Button } from "./button.tsx";
import { Icon } from "./icon.tsx";
import styles from "./stale-line.module.css";

export interface StaleLineProps {
  /** Whether the content is current but incomplete. */
  readonly isCut?: boolean;
  /** Why the newest content could not be read. */
  readonly error: Error;
  /** When the shown content was read, in milliseconds since 1970. */
  readonly readAt: number;
  readonly onRetry: () => void;
}

/** Above content that could not be read again or to its end: how old it is, why, and another try. */
export function StaleLine({ isCut = false, error, readAt, onRetry }: StaleLineProps) {
  const t = useWords("ui");
  const title = isCut ? t("incomplete") : t("stale", { when: formatReadAt(readAt) });
  return (
    <div className={styles.stale} role="status">
      <Icon of={CircleAlert} />
      <span className={styles.words}>
        <strong>{title}</strong> {error.message}
      </span>
      <Button variant="plain" size="dense" icon={RotateCcw} onPress={onRetry}>
        {t("tryAgain")}
      </Button>
    </div>
  );
}
