import type { LucideIcon } from "lucide-react";
import type { ReactNode, Ref } from "react";
import { Button as AriaButton, type ButtonProps as AriaButtonProps } from "react-aria-components";
import styles from "./button.module.css";
import { classNames } from "./class-names.ts";
import { Disabled } from "./disabled.tsx";
import { Icon } from "./icon.tsx";

export interface ButtonProps extends Omit<AriaButtonProps, "children" | "className" | "style"> {
  /** `filled` is for the main action of a screen; `plain` has no border until it is hovered. */
  readonly variant?: "filled" | "quiet" | "plain" | "danger";
  readonly size?: "dense" | "regular" | "large";
  readonly icon?: LucideIcon | undefined;
  /** Fills the available width. */
  readonly isWide?: boolean;
  /** Why it is disabled. */
  readonly reason?: string | undefined;
  readonly ref?: Ref<HTMLButtonElement>;
  readonly children: ReactNode;
}

/** A button with text. */
export function Button({
  variant = "quiet",
  size = "regular",
  icon,
  isWide,
  reason,
  ...rest
}: ButtonProps) {
  const { children, ...props } = rest;
  return (
    <Disabled reason={reason}>
      {(described) => (
        <AriaButton
          {...props}
          {...described}
          className={classNames(
            styles.button,
            styles[variant],
            styles[size],
            isWide === true && styles.wide,
          )}
        >
          {icon && <Icon of={icon} />}
          {children}
        </AriaButton>
      )}
    </Disabled>
  );
}
