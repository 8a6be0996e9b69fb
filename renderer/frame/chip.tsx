import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { Button, type ButtonProps } from "react-aria-components";
import { classNames } from "../ui/class-names.ts";
import { Icon } from "../ui/icon.tsx";
import styles from "./status-bar.module.css";

export interface ChipProps extends Omit<ButtonProps, "children" | "className" | "style"> {
  readonly icon?: LucideIcon;
  readonly children: ReactNode;
  /** Hidden when there is little room. */
  readonly isMinor?: boolean;
}

/** One item of the status bar; pressing it opens what it reports on. */
export function Chip({ icon, children, isMinor = false, ...rest }: ChipProps) {
  return (
    <Button {...rest} className={classNames(styles.chip, isMinor && styles.minor)}>
      {icon && <Icon of={icon} />}
      <span className={styles.words}>{children}</span>
    </Button>
  );
}
