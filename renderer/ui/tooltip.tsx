import type { ReactElement, ReactNode } from "react";
import { Tooltip as AriaTooltip, TooltipTrigger } from "react-aria-components";
import { KeyHint } from "./key-hint.tsx";
import styles from "./tooltip.module.css";

export interface TooltipProps {
  readonly text: ReactNode;
  /** Keys that do the same, in the notation of the shortcut registry. */
  readonly keys?: string | undefined;
  readonly placement?: "top" | "bottom" | "left" | "right";
  /** The control that it describes, which must be focusable. */
  readonly children: ReactElement;
}

/** A text about a control, shown after a short hover or when the control has the focus. */
export function Tooltip({ text, keys, placement = "top", children }: TooltipProps) {
  return (
    <TooltipTrigger delay={500} closeDelay={80}>
      {children}
      <AriaTooltip className={styles.tooltip ?? ""} placement={placement} offset={6}>
        <span>{text}</span>
        {keys !== undefined && <KeyHint keys={keys} />}
      </AriaTooltip>
    </TooltipTrigger>
  );
}
