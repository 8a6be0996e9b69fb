import type { LucideIcon } from "lucide-react";
import { type ReactNode, useId } from "react";
import { Button } from "react-aria-components";
import { classNames } from "../ui/class-names.ts";
import { Icon } from "../ui/icon.tsx";
import styles from "./welcome.module.css";

export interface ChoiceProps {
  readonly icon: LucideIcon;
  readonly title: string;
  /** The one most people take. */
  readonly isFirst?: boolean;
  readonly onPress: () => void;
  /** What comes of it, in a sentence or two. */
  readonly children: ReactNode;
}

/** One way to begin: a large button that says what comes of it. */
export function Choice({ icon, title, isFirst = false, onPress, children }: ChoiceProps) {
  const [titleId, textId] = [useId(), useId()];
  return (
    <Button
      className={classNames(styles.choice, isFirst && styles.first)}
      aria-labelledby={titleId}
      aria-describedby={textId}
      autoFocus={isFirst}
      onPress={onPress}
    >
      <Icon of={icon} size={20} />
      <span className={styles.words}>
        <span id={titleId} className={styles.name}>
          {title}
        </span>
        <span id={textId} className={styles.text}>
          {children}
        </span>
      </span>
    </Button>
  );
}
