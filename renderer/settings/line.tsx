import { type ReactNode, useContext, useId } from "react";
import { classNames } from "../ui/class-names.ts";
import { useKeptFocus } from "../ui/use-kept-focus.ts";
import type { SettingLineId } from "../words/en/setting-lines.ts";
import { useWords } from "../words/words.ts";
import { type Kept, KeptWords, SectionKeptContext } from "./kept.tsx";
import styles from "./section.module.css";
import { useFoundLines, useSettingsAddress } from "./settings-address.ts";
import { useLinked } from "./use-linked.ts";

export interface LineProps {
  readonly id: SettingLineId;
  /** Said by the section if all its lines are stored in the same place. */
  readonly kept?: Kept;
  /** Leaves out the sentence about its effect and where it is stored. */
  readonly isPlain?: boolean;
  readonly children: ReactNode;
  /** Content below the sentence about its effect. */
  readonly below?: ReactNode;
}

/**
 * A line of the page: its control, a sentence about its effect, and where it is stored. Its address scrolls to it and
 * highlights it.
 */
export function Line({ id, kept = "file", isPlain = false, children, below }: LineProps) {
  const t = useWords("settings");
  const { search } = useSettingsAddress();
  const isFound = useFoundLines(search).has(id);
  const [place, isLinked] = useLinked<HTMLDivElement>(id);
  const help = useId();
  const section = useContext(SectionKeptContext);
  const isSaidBelow = section.kept === kept;
  const description = isSaidBelow ? `${help} ${section.id}` : help;
  useKeptFocus(place, { isShown: isFound });
  if (!isFound) return null;
  return (
    <div
      ref={place}
      className={classNames(styles.line, isLinked && styles.linked)}
      role="group"
      aria-label={t(`lines.${id}.name`)}
      aria-describedby={isPlain ? undefined : description}
      tabIndex={-1}
    >
      {children}
      {!isPlain && (
        <p id={help} className={styles.help}>
          {t(`lines.${id}.what`)} {!isSaidBelow && <KeptWords kept={kept} />}
        </p>
      )}
      {below}
    </div>
  );
}
