import { Plus, X } from "lucide-react";
import { useState } from "react";
import { Autocomplete, ListBox, ListBoxItem } from "react-aria-components";
import type { Style } from "../../../engine/contract/styles.ts";
import { useForm } from "../../state/form.ts";
import { chooseStyle, dropStyle } from "../../state/style-choice.ts";
import { Button } from "../../ui/button.tsx";
import { IconButton } from "../../ui/icon-button.tsx";
import { Popover } from "../../ui/popover.tsx";
import { SearchField } from "../../ui/search-field.tsx";
import { useWords } from "../../words/words.ts";
import type { ChosenModel } from "../chosen-model.ts";
import { useOpened } from "../use-opened.ts";
import { StyleForm, styleFromForm } from "./style-form.tsx";
import { StylesDialog } from "./styles-dialog.tsx";
import css from "./styles.module.css";
import { stylesWith, useStyles } from "./use-styles.ts";

/** Maximum number of styles shown at once; the rest can be found by search. */
const SHOWN = 100;

/** The chosen styles, in order. */
export function ChosenStyles() {
  const t = useWords("generate");
  const chosen = useForm((form) => form.styles);
  if (chosen.length === 0) return null;
  return (
    <ul className={css.chosen} aria-label={t("styles.chosen")}>
      {chosen.map((name) => (
        <li key={name} className={css.chip}>
          <span className={css.name} dir="auto">
            {name}
          </span>
          <IconButton
            icon={X}
            size="dense"
            label={t("styles.remove", { name })}
            onPress={() => dropStyle(name)}
          />
        </li>
      ))}
    </ul>
  );
}

/** Offers the saved styles, and to save, edit, import and export them. */
export function AddStyle({ model }: { model: ChosenModel }) {
  const t = useWords("generate");
  const [edited, setEdited] = useState<Style>();
  const [isManaging, setManaging] = useOpened("styles");
  return (
    <>
      <Popover
        label={t("styles.title")}
        placement="bottom start"
        trigger={
          <Button variant="plain" size="dense" icon={Plus}>
            {t("styles.add")}
          </Button>
        }
      >
        {(close) => (
          <div className={css.picker}>
            <Found onTaken={close} />
            <div className={css.row}>
              <Button
                size="dense"
                onPress={() => {
                  close();
                  setEdited(styleFromForm(model.summary));
                }}
              >
                {t("styles.save")}
              </Button>
              <Button
                size="dense"
                onPress={() => {
                  close();
                  setManaging(true);
                }}
              >
                {t("styles.manage")}
              </Button>
            </div>
          </div>
        )}
      </Popover>
      {edited && <StyleForm style={edited} onClose={() => setEdited(undefined)} isNew />}
      <StylesDialog isOpen={isManaging} onClose={() => setManaging(false)} />
    </>
  );
}

function Found({ onTaken }: { onTaken: () => void }) {
  const t = useWords("generate");
  const [search, setSearch] = useState("");
  const all = useStyles();
  const chosen = useForm((form) => form.styles);
  const found = stylesWith(search, all).filter(({ name }) => !chosen.includes(name));
  const take = (style: Style | undefined) => {
    if (style) chooseStyle(style);
    onTaken();
  };
  return (
    <Autocomplete>
      <SearchField label={t("styles.search")} value={search} onChange={setSearch} autoFocus />
      <ListBox
        className={css.list ?? ""}
        aria-label={t("styles.list")}
        // Not by the names: an id with spaces never gets the focus from the field.
        items={found.slice(0, SHOWN).map((style, i) => ({ id: i, style }))}
        renderEmptyState={() => (
          <p className={css.hint}>{t(all.length === 0 ? "styles.empty" : "styles.none")}</p>
        )}
        onAction={(key) => take(found[Number(key)])}
      >
        {({ style }) => (
          <ListBoxItem className={css.item ?? ""} textValue={style.name}>
            <span dir="auto">{style.name}</span>
            <span className={css.words} dir="auto">
              {style.prompt}
            </span>
          </ListBoxItem>
        )}
      </ListBox>
      {found.length > SHOWN && (
        <p className={css.hint}>{t("styles.more", { count: found.length - SHOWN })}</p>
      )}
    </Autocomplete>
  );
}
