import type { LucideIcon } from "lucide-react";
import { Button as AriaButton, type ButtonProps as AriaButtonProps } from "react-aria-components";
import styles from "./button.module.css";
import { classNames } from "./class-names.ts";
import { Disabled } from "./disabled.tsx";
import { Icon } from "./icon.tsx";
import { Tooltip, type TooltipProps } from "./tooltip.tsx";

export interface IconButtonProps extends Omit<
  AriaButtonProps,
  "children" | "className" | "style" | "aria-label"
> {
  readonly icon: LucideIcon;
  /** The accessible name and the tooltip. */
  readonly label: string;
  readonly keys?: string | undefined;
  readonly variant?: "quiet" | "plain" | "danger";
  readonly size?: "dense" | "regular";
  readonly placement?: TooltipProps["placement"];
  /** For a button that shows whether something is on. */
  readonly isChosen?: boolean;
  /** Why it is disabled. */
  readonly reason?: string | undefined;
}

/** A button with only an icon; its label is in its tooltip. */
export function IconButton(props: IconButtonProps) {
  const {
    icon,
    label,
    keys,
    variant = "plain",
    size = "regular",
    placement,
    isChosen,
    reason,
    ...rest
  } = props;
  const classes = classNames(
    styles.button,
    styles[variant],
    styles[size],
    styles.square,
    isChosen === true && styles.chosen,
  );
  return (
    <Disabled reason={reason} title={`${label}\n${reason}`}>
      {(described) => (
        <Tooltip text={label} keys={keys} {...(placement && { placement })}>
          <AriaButton
            {...rest}
            {...described}
            aria-label={label}
            {...(isChosen !== undefined && { "aria-pressed": isChosen })}
            className={classes}
          >
            <Icon of={icon} />
          </AriaButton>
        </Tooltip>
      )}
    </Disabled>
  );
}
