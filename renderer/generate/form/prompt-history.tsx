import { History } from "lucide-react";
import { useState } from "react";
import { Autocomplete, ListBox, ListBoxItem } from "react-aria-components";
import { changeForm } from "../../state/form.ts";
import { useView } from "../../state/view.ts";
import { IconButton } from "../../ui/icon-button.tsx";
import { Popover } from "../../ui/popover.tsx";
import { SearchField } from "../../ui/search-field.tsx";
import { useWords } from "../../words/words.ts";
import styles from "./prompt-history.module.css";

/** The prompts used before, to search and to use again. */
export function PromptHistory() {
  const t = useWords("generate");
  return (
    <Popover
      label={t("history.title")}
      placement="bottom end"
      trigger={<IconButton icon={History} size="dense" label={t("history.title")} />}
    >
      {(close) => <Prompts onTaken={close} />}
    </Popover>
  );
}

function Prompts({ onTaken }: { onTaken: () => void }) {
  const t = useWords("generate");
  const [search, setSearch] = useState("");
  const prompts = useView((view) => view.prompts);
  const found = promptsWith(search, prompts);
  const take = (prompt: string) => {
    changeForm({ prompt });
    onTaken();
  };
  return (
    <div className={styles.history}>
      <Autocomplete>
        <SearchField label={t("history.search")} value={search} onChange={setSearch} autoFocus />
        <ListBox
          className={styles.list ?? ""}
          aria-label={t("history.title")}
          // Not by the prompts: an id with spaces never gets the focus from the field.
          items={found.map((prompt, i) => ({ id: i, prompt }))}
          renderEmptyState={() => (
            <p className={styles.empty}>
              {t(prompts.length === 0 ? "history.empty" : "history.none")}
            </p>
          )}
          onAction={(key) => take(found[Number(key)] ?? "")}
        >
          {({ prompt }) => (
            <ListBoxItem className={styles.prompt ?? ""} textValue={prompt} dir="auto">
              {prompt}
            </ListBoxItem>
          )}
        </ListBox>
      </Autocomplete>
    </div>
  );
}

/** The prompts that contain every word, in any order and case. */
export function promptsWith(search: string, prompts: readonly string[]): readonly string[] {
  const words = search.toLowerCase().split(/\s+/);
  return prompts.filter((prompt) => words.every((word) => prompt.toLowerCase().includes(word)));
}
