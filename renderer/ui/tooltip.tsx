import type { ReactElement, ReactNode } from "react";
import { Tooltip as AriaTooltip, TooltipTrigger } from "react-aria-components";
import { KeyHint } from "./key-hint.tsx";
import styles from "./tooltip.module.css";

export interface TooltipProps {
  readonly text: ReactNode;
  /** Keys that do the same, as the shortcut registry writes them. */
  readonly keys?: string | undefined;
  readonly placement?: "top" | "bottom" | "left" | "right";
  /** The control it belongs to: one that can be focused. */
  readonly children: ReactElement;
}

/** A word about a control, after a moment of pointing at it or when it has the focus. */
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
