import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { Button, type ButtonProps } from "react-aria-components";
import { Icon } from "../ui/icon.tsx";
import styles from "./status-bar.module.css";

export interface ChipProps extends Omit<ButtonProps, "children" | "className" | "style"> {
  readonly icon?: LucideIcon;
  readonly children: ReactNode;
}

/** One word of the status bar; it opens what it speaks of. */
export function Chip({ icon, children, ...rest }: ChipProps) {
  return (
    <Button {...rest} className={styles.chip ?? ""}>
      {icon && <Icon of={icon} />}
      <span className={styles.words}>{children}</span>
    </Button>
  );
}
