import { Command } from "cmdk";
import { Dialog, Modal, ModalOverlay } from "react-aria-components";
import { useWords } from "../words/words.ts";
import styles from "./command-palette.module.css";
import { Icon } from "./icon.tsx";
import { KeyHint } from "./key-hint.tsx";
import type { MenuEntry } from "./menu.tsx";

export interface CommandPaletteProps {
  readonly label: string;
  readonly placeholder: string;
  readonly entries: readonly MenuEntry[];
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

/** Everything that can be done, by typing what it is called. */
export function CommandPalette(props: CommandPaletteProps) {
  const { label, placeholder, entries, isOpen, onClose } = props;
  const t = useWords("ui");
  const groups = Object.entries(Object.groupBy(entries, ({ group }) => group ?? ""));
  return (
    <ModalOverlay
      className={styles.overlay ?? ""}
      isOpen={isOpen}
      onOpenChange={(open) => !open && onClose()}
      isDismissable
    >
      <Modal className={styles.modal ?? ""}>
        <Dialog aria-label={label} className={styles.dialog ?? ""}>
          <Command label={label} loop>
            <Command.Input placeholder={placeholder} className={styles.input} autoFocus />
            <Command.List className={styles.list}>
              <Command.Empty className={styles.empty}>{t("noMatch")}</Command.Empty>
              {groups.map(([group, members = []]) => (
                <Command.Group key={group} heading={group} className={styles.group}>
                  {members.map((entry) => (
                    <Command.Item
                      key={entry.id}
                      value={`${entry.label} ${entry.id}`}
                      keywords={[...(entry.keywords ?? [])]}
                      disabled={entry.isDisabled ?? false}
                      className={styles.item}
                      onSelect={() => {
                        onClose();
                        entry.run();
                      }}
                    >
                      {entry.icon ? <Icon of={entry.icon} /> : <span className={styles.blank} />}
                      <span className={styles.label}>{entry.label}</span>
                      {entry.keys !== undefined && <KeyHint keys={entry.keys} />}
                    </Command.Item>
                  ))}
                </Command.Group>
              ))}
            </Command.List>
          </Command>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
