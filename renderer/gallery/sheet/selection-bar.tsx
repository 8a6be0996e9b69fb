import { X } from "lucide-react";
import { ActionButton } from "../../shortcuts/action-button.tsx";
import type { Action } from "../../shortcuts/registry.ts";
import { chooseNone } from "../../state/choice.ts";
import { IconButton } from "../../ui/icon-button.tsx";
import { useWords } from "../../words/words.ts";
import styles from "./selection-bar.module.css";

/** The actions that stand on the bar. */
const SHOWN = new Set([
  "gallery.compare",
  "picture.star",
  "picture.copy",
  "picture.reveal",
  "picture.restore",
  "picture.trash",
  "gallery.delete",
]);

/** What can be done with the chosen pictures, over the sheet's foot. */
export function SelectionBar({ count, actions }: { count: number; actions: readonly Action[] }) {
  const t = useWords("gallery");
  return (
    <div role="toolbar" aria-label={t("chosenLabel")} className={styles.bar}>
      <span className={styles.count} aria-live="polite">
        {t("chosen", { count })}
      </span>
      {actions
        .filter(({ id }) => SHOWN.has(id))
        .map((action) => (
          <ActionButton key={action.id} action={action} />
        ))}
      <span className={styles.end}>
        <IconButton icon={X} label={t("actions.none")} keys="escape" onPress={chooseNone} />
      </span>
    </div>
  );
}
