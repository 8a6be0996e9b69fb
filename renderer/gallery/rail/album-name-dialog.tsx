import { useEffect, useRef, useState } from "react";
import { labelSchema } from "../../../engine/contract/gallery-marks.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { TextField } from "../../ui/text-field.tsx";
import { useWords } from "../../words/words.ts";
import styles from "../marks/label-dialog.module.css";
import { useAlbumCommands } from "./use-album-commands.ts";

/** An album to rename, or a new one if it has no name yet. */
export interface Naming {
  readonly name?: string;
}

export interface AlbumNameDialogProps {
  readonly naming: Naming | undefined;
  readonly onClose: () => void;
  readonly onRenamed: (from: string, to: string) => void;
}

/** Asks for an album's name; a name that exists already is reported at the field. */
export function AlbumNameDialog({ naming, onClose, onRenamed }: AlbumNameDialogProps) {
  const t = useWords("gallery");
  const last = useRef<Naming>({});
  if (naming) last.current = naming;
  const { name } = last.current;
  return (
    <Dialog
      title={t(name === undefined ? "rail.make" : "rail.rename")}
      isOpen={naming !== undefined}
      onClose={onClose}
    >
      <NameForm name={name} onClose={onClose} onRenamed={onRenamed} />
    </Dialog>
  );
}

function NameForm(props: Omit<AlbumNameDialogProps, "naming"> & { name: string | undefined }) {
  const { name, onClose, onRenamed } = props;
  const t = useWords("gallery");
  const ui = useWords("ui");
  const { make, rename } = useAlbumCommands();
  const [typed, setTyped] = useState(name ?? "");
  const [refusal, setRefusal] = useState<string>();
  useEffect(() => setRefusal(undefined), [typed]);
  const wanted = labelSchema.safeParse(typed).data;
  const save = async () => {
    if (wanted === undefined) return;
    if (name === undefined) await make(wanted);
    else if (wanted !== name) {
      await rename(name, wanted);
      onRenamed(name, wanted);
    }
    onClose();
  };
  const isBad = typed.trim() !== "" && wanted === undefined;
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        save().catch((error: unknown) => setRefusal(String(Object(error).message ?? error)));
      }}
    >
      <TextField
        autoFocus
        label={t("rail.name")}
        value={typed}
        onChange={setTyped}
        error={isBad ? t("marks.badName") : refusal}
      />
      <div className={styles.end}>
        <Button onPress={onClose}>{t("marks.cancel")}</Button>
        <Button
          type="submit"
          variant="filled"
          isDisabled={wanted === undefined}
          reason={wanted === undefined ? ui("enterName") : undefined}
        >
          {t("marks.save")}
        </Button>
      </div>
    </form>
  );
}
