import type { ReactNode } from "react";
import { useWords } from "../../words/words.ts";
import type { Setting } from "../../picture/ignored-settings.ts";
import { useChosenTarget, useUnread } from "../chosen-target.ts";
import styles from "./ignorable.module.css";

export interface IgnorableProps {
  readonly setting: Named;
  /** Defaults to whether the chosen endpoint ignores the setting. */
  readonly isIgnored?: boolean;
  readonly children: ReactNode;
}

/** Fields that the chosen endpoint may ignore: they stay visible then, greyed out, with a note. */
export function Ignorable({ setting, isIgnored, children }: IgnorableProps) {
  const { ignored } = useChosenTarget();
  const isOff = isIgnored ?? ignored.has(setting);
  const words = useUnreadWords(setting);
  const isSaid = isIgnored ?? true;
  return (
    <div className={styles.fields}>
      {isSaid && words !== undefined && <p className={styles.note}>{words}</p>}
      <div className={styles.fields} inert={isOff}>
        {children}
      </div>
    </div>
  );
}

/** The settings that have their own note. */
type Named = Extract<Setting, "seed" | "size" | "steps" | "negativePrompt">;

/** The note that an endpoint, or some of several, ignores a setting; undefined if all use it. */
export function useUnreadWords(setting: Named): string | undefined {
  const t = useWords("generate");
  const { isRemote } = useChosenTarget();
  const { names, isAll, isCertain } = useUnread(setting);
  if (names.length === 0) return undefined;
  const what = t(`target.settings.${setting}`);
  if (names.length > 1 || !isRemote || !isAll) {
    return t("target.ignoredBy", { names: names.join(", "), what, count: names.length });
  }
  return isCertain ? t("target.ignores", { what }) : t("target.notTold", { what });
}
