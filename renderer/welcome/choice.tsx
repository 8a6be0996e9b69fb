import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
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
  return (
    <Button
      className={classNames(styles.choice, isFirst && styles.first)}
      autoFocus={isFirst}
      onPress={onPress}
    >
      <Icon of={icon} size={20} />
      <span className={styles.words}>
        <span className={styles.name}>{title}</span>
        <span className={styles.text}>{children}</span>
      </span>
    </Button>
  );
}
