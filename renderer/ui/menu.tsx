import type { LucideIcon } from "lucide-react";
import { Fragment, type RefObject } from "react";
import { Menu as AriaMenu, MenuItem, Popover, Separator } from "react-aria-components";
import { classNames } from "./class-names.ts";
import { Icon } from "./icon.tsx";
import { KeyHint } from "./key-hint.tsx";
import styles from "./menu.module.css";
import { useFocusReturn } from "./use-focus-return.ts";

/** One thing that a menu offers. */
export interface MenuEntry {
  readonly id: string;
  readonly label: string;
  readonly icon?: LucideIcon | undefined;
  readonly keys?: string | undefined;
  /** Other words that it is found by. */
  readonly keywords?: readonly string[] | undefined;
  readonly isDisabled?: boolean | undefined;
  readonly isDanger?: boolean | undefined;
  /** Entries of one group stand together; a line parts the groups. */
  readonly group?: string | undefined;
  run(): void;
}

export interface PointMenuProps {
  readonly entries: readonly MenuEntry[];
  readonly label: string;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  /** What it opens at: an element without size, where the pointer was. */
  readonly anchor: RefObject<HTMLElement | null>;
}

/** A menu at a point: see ContextMenu of renderer/shortcuts, which most will want. */
export function PointMenu({ entries, label, isOpen, onClose, anchor }: PointMenuProps) {
  return (
    <Popover
      className={styles.popover ?? ""}
      aria-label={label}
      triggerRef={anchor}
      isOpen={isOpen}
      onOpenChange={(open) => !open && onClose()}
      placement="bottom start"
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
    <AriaMenu className={styles.menu ?? ""} aria-label={label} {...(onClose && { onClose })}>
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
            <span className={styles.label}>{entry.label}</span>
            {entry.keys !== undefined && <KeyHint keys={entry.keys} />}
          </MenuItem>
        </Fragment>
      ))}
    </AriaMenu>
  );
}
