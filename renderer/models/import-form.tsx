import { FolderInput, FolderOpen } from "lucide-react";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { desktop } from "../connection/desktop.ts";
import { useStudio } from "../connection/studio.tsx";
import { Button } from "../ui/button.tsx";
import { TextField } from "../ui/text-field.tsx";
import { attempt, showToast } from "../ui/toasts.ts";
import { useWords } from "../words/words.ts";
import styles from "./get-models.module.css";
import { tellFailureOf } from "./tell-failure.ts";

/** A folder of this machine, by its path or, on the desktop, by choosing it. */
export function ImportForm({ isWanted }: { isWanted: boolean }) {
  const t = useWords("models");
  const { client } = useStudio();
  const [folder, setFolder] = useState("");
  const field = useRef<HTMLInputElement & HTMLTextAreaElement>(null);
  useEffect(() => {
    if (isWanted) field.current?.focus();
  }, [isWanted]);
  const choose = async () => setFolder((await desktop?.chooseFolder()) ?? folder);
  const begin = async () => {
    const begun = await client.models.import({ folder: folder.trim() });
    showToast(t("import.begun"));
    tellFailureOf(begun);
    setFolder("");
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    attempt(begin());
  };
  return (
    <form className={styles.form} onSubmit={submit}>
      <TextField
        label={t("import.label")}
        description={t("import.help")}
        placeholder={t("import.placeholder")}
        isCode
        value={folder}
        onChange={setFolder}
        inputRef={field}
        trailing={
          <>
            {desktop && (
              <Button icon={FolderOpen} onPress={() => attempt(choose())}>
                {t("import.choose")}
              </Button>
            )}
            <Button icon={FolderInput} type="submit" isDisabled={folder.trim() === ""}>
              {t("import.yes")}
            </Button>
          </>
        }
      />
    </form>
  );
}
