import { Download, Pencil, Trash2, Upload } from "lucide-react";
import { useState } from "react";
import { FileTrigger } from "react-aria-components";
import type { Style } from "../../../engine/contract/styles.ts";
import { useStudio } from "../../connection/studio.tsx";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { IconButton } from "../../ui/icon-button.tsx";
import { SearchField } from "../../ui/search-field.tsx";
import { attempt, showToast } from "../../ui/toasts.ts";
import { Tooltip } from "../../ui/tooltip.tsx";
import { useWords } from "../../words/words.ts";
import { StyleForm } from "./style-form.tsx";
import css from "./styles.module.css";
import { deleteStyle, stylesWith, useStyles } from "./use-styles.ts";

const SHOWN = 200;

/** All saved styles, to edit, delete, import and export. */
export function StylesDialog({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const t = useWords("generate");
  const [search, setSearch] = useState("");
  const [edited, setEdited] = useState<Style>();
  const all = useStyles();
  const found = stylesWith(search, all);
  return (
    <Dialog
      title={t("styles.title")}
      size="wide"
      isOpen={isOpen}
      onClose={onClose}
      actions={<Exchange />}
    >
      <div className={css.manager}>
        <SearchField label={t("styles.search")} value={search} onChange={setSearch} />
        {found.length === 0 && (
          <p className={css.hint}>{t(all.length === 0 ? "styles.empty" : "styles.none")}</p>
        )}
        <ul className={css.all} aria-label={t("styles.list")}>
          {found.slice(0, SHOWN).map((style) => (
            <Row key={style.name} style={style} onEdit={() => setEdited(style)} />
          ))}
        </ul>
        {found.length > SHOWN && (
          <p className={css.hint}>{t("styles.more", { count: found.length - SHOWN })}</p>
        )}
      </div>
      {edited && <StyleForm style={edited} onClose={() => setEdited(undefined)} />}
    </Dialog>
  );
}

function Row({ style, onEdit }: { style: Style; onEdit: () => void }) {
  const t = useWords("generate");
  const studio = useStudio();
  const { name, prompt } = style;
  const words = { told: t("styles.deleted", { name }), undo: t("styles.undo") };
  return (
    <li className={css.style}>
      <span className={css.text}>
        <span dir="auto">{name}</span>
        <span className={css.words} dir="auto">
          {prompt}
        </span>
      </span>
      <IconButton icon={Pencil} label={t("styles.edit", { name })} onPress={onEdit} />
      <IconButton
        icon={Trash2}
        label={t("styles.delete", { name })}
        onPress={() => attempt(deleteStyle(studio, style, words))}
      />
    </li>
  );
}

/** Imports lists of styles from other studios, and exports this one. */
function Exchange() {
  const t = useWords("generate");
  const { client } = useStudio();
  const isEmpty = useStyles().length === 0;
  const why = isEmpty ? t("off.export") : undefined;
  const take = async (file: File) => {
    const { added, known, renamed, skipped } = await client.styles.import({ file });
    const told = [
      t("styles.imported.added", { count: added.length }),
      renamed > 0 && t("styles.imported.renamed", { count: renamed }),
      known > 0 && t("styles.imported.known", { count: known }),
      skipped > 0 && t("styles.imported.skipped", { count: skipped }),
    ];
    showToast(told.filter(Boolean).join(" · "));
  };
  const give = async (format: "json" | "csv") => {
    const { text } = await client.styles.export({ format });
    saveText(text, `styles.${format}`);
  };
  return (
    <>
      <FileTrigger
        acceptedFileTypes={[".csv", ".json"]}
        onSelect={(files) => {
          const file = files?.[0];
          if (file) attempt(take(file));
        }}
      >
        <Tooltip text={t("styles.importHint")}>
          <Button icon={Upload}>{t("styles.import")}</Button>
        </Tooltip>
      </FileTrigger>
      <Button
        icon={Download}
        isDisabled={isEmpty}
        reason={why}
        onPress={() => attempt(give("json"))}
      >
        {t("styles.export")}
      </Button>
      <Button isDisabled={isEmpty} reason={why} onPress={() => attempt(give("csv"))}>
        {t("styles.exportCsv")}
      </Button>
    </>
  );
}

/** Saves a file as a browser download. */
function saveText(text: string, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text]));
  link.download = name;
  link.click();
  // By then the browser has read the address.
  setTimeout(() => URL.revokeObjectURL(link.href));
}
