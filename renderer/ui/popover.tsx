import type { ReactElement, ReactNode } from "react";
import { Dialog, DialogTrigger, Popover as AriaPopover } from "react-aria-components";
import styles from "./popover.module.css";

export interface PopoverProps {
  readonly label: string;
  /** The button that opens it. */
  readonly trigger: ReactElement;
  readonly children: ReactNode | ((close: () => void) => ReactNode);
  /** For one that is opened by more than its button. */
  readonly isOpen?: boolean;
  readonly onOpenChange?: (isOpen: boolean) => void;
  readonly placement?:
    | "top"
    | "bottom"
    | "top start"
    | "top end"
    | "bottom start"
    | "bottom end"
    | "right";
}

/** More about one thing, floating beside it. */
export function Popover(props: PopoverProps) {
  const { label, trigger, children, placement = "bottom", ...open } = props;
  return (
    <DialogTrigger {...open}>
      {trigger}
      <AriaPopover className={styles.popover ?? ""} placement={placement} offset={6}>
        <Dialog className={styles.dialog ?? ""} aria-label={label}>
          {({ close }) => <>{typeof children === "function" ? children(close) : children}</>}
        </Dialog>
      </AriaPopover>
    </DialogTrigger>
  );
}
