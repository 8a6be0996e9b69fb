import { type FormEvent, useState } from "react";
import { useLocation } from "wouter";
import { PACK_FORMS, type PackForm } from "../../../engine/contract/archives.ts";
import type { StoredModel } from "../../../engine/contract/models.ts";
import { useStudio } from "../../connection/studio.tsx";
import {
  FolderField,
  isWholePath,
  pathIn,
  useStandardFolder,
} from "../../transfers/folder-field.tsx";
import { followTransfer } from "../../transfers/follow-transfer.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Select } from "../../ui/select.tsx";
import { Switch } from "../../ui/switch.tsx";
import { TextField } from "../../ui/text-field.tsx";
import { attempt, showToast } from "../../ui/toasts.ts";
import { useWords } from "../../words/words.ts";
import { archiveNameOf, isArchiveName } from "./archive-name.ts";
import { Int8Switch } from "./int8-switch.tsx";
import styles from "./pack-dialog.module.css";

/** File extension of each form; no-archive is a folder. */
const ENDINGS: Readonly<Record<PackForm, string>> = {
  notebook: ".mar",
  "zip-store": ".mar",
  default: ".mar",
  tgz: ".tar.gz",
  "no-archive": "",
};

/** How a model is to be packed. */
interface Packing {
  readonly name: string;
  readonly version: string;
  readonly form: PackForm;
  /** Empty means the studio's own folder for archives. */
  readonly folder: string;
  readonly isInt8: boolean;
  readonly isForced: boolean;
}

/** Makes a model archive from a stored model on this computer. */
export function PackDialog({ model, onClose }: { model: StoredModel; onClose: () => void }) {
  const t = useWords("archive");
  const standard = useStandardFolder("archives");
  const [packing, setPacking] = useState<Packing>({
    name: archiveNameOf(model),
    version: "1.0",
    form: "notebook",
    folder: "",
    isInt8: false,
    isForced: false,
  });
  const folder = packing.folder.trim() === "" ? standard : packing.folder.trim();
  const out = pathIn(folder, `${packing.name}${ENDINGS[packing.form]}`);
  const pack = usePack(model, packing, out, onClose);
  const isSound =
    isArchiveName(packing.name) && isArchiveName(packing.version) && isWholePath(folder);
  return (
    <Dialog
      title={t("pack.title", { name: model.summary?.name ?? model.id })}
      isOpen
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>{t("pack.cancel")}</Button>
          <Button variant="filled" isDisabled={!isSound} onPress={() => attempt(pack())}>
            {t("pack.yes")}
          </Button>
        </>
      }
    >
      <PackForm
        model={model}
        packing={packing}
        standard={standard}
        out={out}
        onChange={(change) => setPacking((before) => ({ ...before, ...change }))}
        onSubmit={() => isSound && attempt(pack())}
      />
    </Dialog>
  );
}

/** Starts packing, and offers to look into the finished archive. */
function usePack({ id }: StoredModel, packing: Packing, out: string, onClose: () => void) {
  const t = useWords("archive");
  const { client } = useStudio();
  const [, navigate] = useLocation();
  return async () => {
    const { name, version, form, isInt8: int8, isForced: force } = packing;
    const asked = { model: id, out, form, name, version, int8, force };
    const begun = await client.archives.pack(asked);
    const file = out.split(/[/\\]/).at(-1) ?? out;
    const look = () => navigate(`/models?${new URLSearchParams({ archive: out })}`);
    followTransfer(begun, () =>
      showToast(t("pack.done", { file }), { label: t("pack.look"), run: look }),
    );
    showToast(t("pack.begun", { file }));
    onClose();
  };
}

interface PackFormProps {
  readonly model: StoredModel;
  readonly packing: Packing;
  readonly standard: string;
  readonly out: string;
  readonly onChange: (change: Partial<Packing>) => void;
  readonly onSubmit: () => void;
}

function PackForm({ model, packing, standard, out, onChange, onSubmit }: PackFormProps) {
  const t = useWords("archive");
  const { name, version, form, folder, isInt8, isForced } = packing;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSubmit();
  };
  return (
    <form className={styles.form} onSubmit={submit} noValidate>
      <p className={styles.step}>{t("pack.step")}</p>
      <p className={styles.help}>{t("pack.help")}</p>
      <div className={styles.pair}>
        <TextField
          label={t("pack.name")}
          description={t("pack.nameHelp")}
          isCode
          autoFocus
          value={name}
          onChange={(typed) => onChange({ name: typed.trim() })}
          error={isArchiveName(name) ? undefined : t("pack.nameFault")}
        />
        <TextField
          label={t("pack.version")}
          isCode
          value={version}
          onChange={(typed) => onChange({ version: typed.trim() })}
          error={isArchiveName(version) ? undefined : t("pack.nameFault")}
        />
      </div>
      <Select
        label={t("pack.form")}
        value={form}
        onChange={(chosen) => onChange({ form: chosen })}
        options={PACK_FORMS.map((value) => ({ value, label: t(`pack.forms.${value}`) }))}
      />
      <FolderField
        label={t("pack.out")}
        help={t("pack.outHelp", { file: out })}
        standard={standard}
        value={folder}
        onChange={(typed) => onChange({ folder: typed })}
      />
      <Int8Switch model={model} isSelected={isInt8} onChange={(on) => onChange({ isInt8: on })} />
      <Switch isSelected={isForced} onChange={(on) => onChange({ isForced: on })}>
        {t("pack.force")}
      </Switch>
      <button type="submit" hidden />
    </form>
  );
}
