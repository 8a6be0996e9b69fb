import type { LucideIcon } from "lucide-react";
import { Fragment, type RefObject } from "react";
import { Menu as AriaMenu, MenuItem, Popover, Separator } from "react-aria-components";
import { classNames } from "./class-names.ts";
import { Icon } from "./icon.tsx";
import { KeyHint } from "./key-hint.tsx";
import styles from "./menu.module.css";
import { useFocusReturn } from "./use-focus-return.ts";
import { useMediaQuery } from "./use-media-query.ts";

/** One entry of a menu. */
export interface MenuEntry {
  readonly id: string;
  readonly label: string;
  readonly icon?: LucideIcon | undefined;
  readonly keys?: string | undefined;
  /** Other words to find it by. */
  readonly keywords?: readonly string[] | undefined;
  readonly isDisabled?: boolean | undefined;
  /** Why it is disabled; shown below the label. */
  readonly reason?: string | undefined;
  readonly isDanger?: boolean | undefined;
  /** Entries of one group stay together; a line separates the groups. */
  readonly group?: string | undefined;
  run(): void;
}

export interface PointMenuProps {
  readonly entries: readonly MenuEntry[];
  readonly label: string;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  /** An element without size at the pointer's position, where the menu opens. */
  readonly anchor: RefObject<HTMLElement | null>;
}

/** A menu at a point. Most callers need useContextMenu of renderer/shortcuts instead. */
export function PointMenu({ entries, label, isOpen, onClose, anchor }: PointMenuProps) {
  // Beside the point it may take the window's whole height; a narrow window has no room there.
  const isWide = useMediaQuery("(min-width: 700px)");
  return (
    <Popover
      className={styles.popover ?? ""}
      aria-label={label}
      triggerRef={anchor}
      isOpen={isOpen}
      onOpenChange={(open) => !open && onClose()}
      placement={isWide ? "right top" : "bottom start"}
      offset={0}
    >
      <Entries entries={entries} label={label} onClose={onClose} />
    </Popover>
  );
}

function Entries(props: { entries: readonly MenuEntry[]; label: string; onClose?: () => void }) {
  const { entries, label, onClose } = props;
  useFocusReturn("menu");
  return (
    <AriaMenu
      className={styles.menu ?? ""}
      aria-label={label}
      autoFocus
      {...(onClose && { onClose })}
    >
      {entries.map((entry, index) => (
        <Fragment key={entry.id}>
          {index > 0 && entry.group !== entries[index - 1]?.group && (
            <Separator className={styles.separator ?? ""} />
          )}
          <MenuItem
            id={entry.id}
            className={classNames(styles.item, entry.isDanger === true && styles.danger)}
            textValue={entry.label}
            isDisabled={entry.isDisabled ?? false}
            onAction={() => entry.run()}
          >
            {entry.icon && <Icon of={entry.icon} />}
            <span className={styles.label}>
              {entry.label}
              {entry.reason !== undefined && <span className={styles.reason}>{entry.reason}</span>}
            </span>
            {entry.keys !== undefined && <KeyHint keys={entry.keys} />}
          </MenuItem>
        </Fragment>
      ))}
    </AriaMenu>
  );
}
