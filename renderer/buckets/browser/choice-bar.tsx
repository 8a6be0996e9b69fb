import { X } from "lucide-react";
import type { Action } from "../../shortcuts/registry.ts";
import { bucketChoice } from "../../state/choice.ts";
import { Button } from "../../ui/button.tsx";
import { IconButton } from "../../ui/icon-button.tsx";
import { formatBytes, formatCount } from "../../words/format.ts";
import { useWords } from "../../words/words.ts";
import styles from "./browser.module.css";
import type { Row } from "./rows.ts";

export interface ChoiceBarProps {
  readonly chosen: readonly Row[];
  readonly actions: readonly Action[];
  /** Whether the rest of the list is being read so that it can be selected, too. */
  readonly isTakingAll: boolean;
}

/** How much is selected, and the actions for it. */
export function ChoiceBar({ chosen, actions, isTakingAll }: ChoiceBarProps) {
  const t = useWords("buckets");
  if (chosen.length === 0) return null;
  const count = chosen.length;
  const bytes = chosen.reduce((sum, row) => sum + (row.bytes ?? 0), 0);
  return (
    <div className={styles.bar} role="toolbar" aria-label={t("chosenLabel")}>
      <span className={styles.chosenCount}>
        {t(isTakingAll ? "takingAll" : "chosen", { count, formatted: formatCount(count) })}
        {bytes > 0 && <span className={styles.quiet}>{formatBytes(bytes)}</span>}
      </span>
      <div className={styles.verbs}>
        {actions.map((action) => (
          <Button
            key={action.id}
            size="dense"
            variant={action.isDanger === true ? "danger" : "quiet"}
            icon={action.icon}
            isDisabled={action.isDisabled ?? false}
            onPress={() => action.run()}
          >
            {action.label}
          </Button>
        ))}
        <IconButton
          icon={X}
          size="dense"
          label={t("actions.none")}
          onPress={() => bucketChoice.chooseNone()}
        />
      </div>
    </div>
  );
}
