import { type FormEvent, useState } from "react";
import type { DeployDraft } from "../../engine/contract/deploy.ts";
import { useStudio } from "../connection/studio.tsx";
import { FolderField, isWholePath, pathIn, useStandardFolder } from "../transfers/folder-field.tsx";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Switch } from "../ui/switch.tsx";
import { attempt, showToast } from "../ui/toasts.ts";
import { useWords } from "../words/words.ts";
import styles from "./deploy-form.module.css";

/** The folder for the files, and which secrets are written with them. */
interface Saving {
  /** Empty means the studio's own folder for deployments. */
  readonly folder: string;
  readonly withKeys: boolean;
  readonly force: boolean;
}

/** Writes the files into a folder on the studio's machine. Keys go there and never into a page. */
export function SaveDialog({ draft, onClose }: { draft: DeployDraft; onClose: () => void }) {
  const t = useWords("deploy");
  const standard = useStandardFolder("deployments");
  const [saving, setSaving] = useState<Saving>({ folder: "", withKeys: false, force: false });
  const parent = saving.folder.trim() === "" ? standard : saving.folder.trim();
  const folder = pathIn(parent, draft.name);
  const save = useSave({ ...draft, ...saving, folder }, onClose);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isWholePath(parent)) save();
  };
  return (
    <Dialog
      title={t("saving.title")}
      isOpen
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>{t("saving.cancel")}</Button>
          <Button variant="filled" isDisabled={!isWholePath(parent)} onPress={save}>
            {t("saving.yes")}
          </Button>
        </>
      }
    >
      <form className={styles.fields} onSubmit={submit} noValidate>
        <FolderField
          label={t("saving.folder")}
          help={t("saving.folderHelp", { folder })}
          standard={standard}
          value={saving.folder}
          onChange={(typed) => setSaving({ ...saving, folder: typed })}
        />
        <Choices
          saving={saving}
          hasSecret={draft.writesConnection}
          onChange={(change) => setSaving({ ...saving, ...change })}
        />
        <button type="submit" hidden />
      </form>
    </Dialog>
  );
}

function useSave(request: DeployDraft & Saving, onClose: () => void): () => void {
  const t = useWords("deploy");
  const { client } = useStudio();
  const { folder } = request;
  const save = async () => {
    await client.deploy.save(request);
    onClose();
    const apply = `oc apply -f '${folder.replaceAll("'", String.raw`'\''`)}'`;
    showToast(t("saving.done", { folder }), {
      label: t("saving.copyApply"),
      run: () => attempt(navigator.clipboard.writeText(apply)),
    });
  };
  return () => attempt(save());
}

interface ChoicesProps {
  readonly saving: Saving;
  readonly hasSecret: boolean;
  readonly onChange: (change: Partial<Saving>) => void;
}

function Choices({ saving: { withKeys, force }, hasSecret, onChange }: ChoicesProps) {
  const t = useWords("deploy");
  return (
    <>
      {hasSecret && (
        <Switch
          isSelected={withKeys}
          onChange={(on) => onChange({ withKeys: on })}
          description={t("saving.withKeysHelp")}
        >
          {t("saving.withKeys")}
        </Switch>
      )}
      <Switch isSelected={force} onChange={(on) => onChange({ force: on })}>
        {t("saving.force")}
      </Switch>
    </>
  );
}
