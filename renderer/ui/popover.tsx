import { type ReactElement, type ReactNode, useContext, useId } from "react";
import {
  DialogTrigger,
  OverlayTriggerStateContext,
  Popover as AriaPopover,
} from "react-aria-components";
import styles from "./popover.module.css";

export interface PopoverProps {
  readonly label: string;
  /** The button that opens it. */
  readonly trigger: ReactElement;
  readonly children: ReactNode | ((close: () => void) => ReactNode);
  /** For one that can also be opened in other ways. */
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

/**
 * More about one thing, shown beside it. The popover itself is the dialog and contains the hidden buttons that dismiss
 * it.
 */
export function Popover(props: PopoverProps) {
  const { label, trigger, children, placement = "bottom", ...open } = props;
  const id = useId();
  return (
    <DialogTrigger {...open}>
      {trigger}
      <AriaPopover
        className={styles.popover ?? ""}
        placement={placement}
        offset={6}
        aria-labelledby={id}
      >
        <span id={id} hidden>
          {label}
        </span>
        <Content>{children}</Content>
      </AriaPopover>
    </DialogTrigger>
  );
}

function Content({ children }: Pick<PopoverProps, "children">) {
  const state = useContext(OverlayTriggerStateContext);
  const content = typeof children === "function" ? children(() => state?.close()) : children;
  return <div className={styles.content}>{content}</div>;
}
