import { Command } from "cmdk";
import { useState } from "react";
import { Dialog, Modal, ModalOverlay } from "react-aria-components";
import styles from "./command-palette.module.css";
import { Icon } from "./icon.tsx";
import { KeyHint } from "./key-hint.tsx";
import type { MenuEntry } from "./menu.tsx";

/** An entry, optionally with a picture instead of its icon, and a note at its end. */
export interface PaletteEntry extends MenuEntry {
  /** Address of a small picture. */
  readonly picture?: string | undefined;
  readonly note?: string | undefined;
}

export interface PaletteGroup {
  readonly name: string;
  readonly entries: readonly PaletteEntry[];
}

export interface CommandPaletteProps {
  readonly label: string;
  readonly placeholder: string;
  readonly search: string;
  readonly onSearch: (search: string) => void;
  /** The results; an entry is in one group only. */
  readonly groups: readonly PaletteGroup[];
  /** The result as text for screen readers; visible if the list is empty. */
  readonly status: string;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

/** A search field with results, over the page: arrow keys select, Enter runs, Escape closes. */
export function CommandPalette(props: CommandPaletteProps) {
  const { label, isOpen, onClose } = props;
  return (
    <ModalOverlay
      className={styles.overlay ?? ""}
      isOpen={isOpen}
      onOpenChange={(open) => !open && onClose()}
      isDismissable
    >
      <Modal className={styles.modal ?? ""}>
        <Dialog aria-label={label} className={styles.dialog ?? ""}>
          <Found {...props} />
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

function Found({
  label,
  placeholder,
  search,
  onSearch,
  groups,
  status,
  onClose,
}: CommandPaletteProps) {
  const [picked, pick] = usePicked(groups);
  return (
    <Command label={label} shouldFilter={false} loop value={picked} onValueChange={pick}>
      <Command.Input
        placeholder={placeholder}
        className={styles.input}
        dir="auto"
        value={search}
        onValueChange={onSearch}
        autoFocus
      />
      <Command.List className={styles.list} label={label}>
        {groups.map(({ name, entries }) => (
          <Command.Group key={name} heading={name} className={styles.group}>
            {entries.map((entry) => (
              <Item key={entry.id} entry={entry} onClose={onClose} />
            ))}
          </Command.Group>
        ))}
      </Command.List>
      <p role="status" className={groups.length === 0 ? styles.empty : styles.unseen}>
        {status}
      </p>
    </Command>
  );
}

/**
 * The entry that Enter runs: the first one until the user picks another. Entries that arrive later, such as pictures,
 * may precede it.
 */
function usePicked(groups: readonly PaletteGroup[]): readonly [string, (id: string) => void] {
  const [picked, setPicked] = useState<string>();
  const enabled = groups
    .flatMap(({ entries }) => entries)
    .filter(({ isDisabled }) => isDisabled !== true);
  const first = enabled[0]?.id ?? "";
  const isThere = enabled.some(({ id }) => id === picked);
  // cmdk itself picks the first entry whenever the search changes.
  const pick = (id: string) => setPicked(id === first ? undefined : id);
  return [picked !== undefined && isThere ? picked : first, pick];
}

function Item({ entry, onClose }: { entry: PaletteEntry; onClose: () => void }) {
  const { id, label, icon, picture, keys, isDisabled = false } = entry;
  const note = entry.note ?? entry.reason;
  return (
    <Command.Item
      value={id}
      disabled={isDisabled}
      className={styles.item}
      onSelect={() => {
        onClose();
        entry.run();
      }}
    >
      {picture !== undefined && <img className={styles.picture} src={picture} alt="" />}
      {picture === undefined && (icon ? <Icon of={icon} /> : <span className={styles.blank} />)}
      <span className={styles.label} dir="auto">
        {label}
      </span>
      {note !== undefined && <span className={styles.note}>{note}</span>}
      {keys !== undefined && <KeyHint keys={keys} />}
    </Command.Item>
  );
}
