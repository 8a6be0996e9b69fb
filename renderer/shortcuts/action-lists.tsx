import { Dialog } from "../ui/dialog.tsx";
import { KeyHint } from "../ui/key-hint.tsx";
import { useWords } from "../words/words.ts";
import { useRegisteredActions } from "./registry.ts";
import styles from "./action-lists.module.css";

/** The `?` sheet: every registered action that has keys. */
export function Sheet({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const t = useWords("shortcuts");
  return (
    <Dialog title={t("sheet")} isOpen={isOpen} onClose={onClose} size="wide">
      <Groups />
    </Dialog>
  );
}

function Groups() {
  const actions = useRegisteredActions().filter(({ keys }) => keys !== undefined);
  const groups = Object.entries(Object.groupBy(actions, ({ group }) => group));
  return (
    <div className={styles.groups}>
      {groups.map(([group, members = []]) => (
        <section key={group} className={styles.group}>
          <h3 className={styles.heading}>{group}</h3>
          <dl>
            {members.map(({ id, label, keys = "" }) => (
              <div key={id} className={styles.row}>
                <dt>{label}</dt>
                <dd>
                  <KeyHint keys={keys} />
                </dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </div>
  );
}
