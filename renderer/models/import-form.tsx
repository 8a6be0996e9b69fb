import { FolderInput, FolderOpen, PackageSearch } from "lucide-react";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { useSearchParams } from "wouter";
import { desktop } from "../connection/desktop.ts";
import { useStudio } from "../connection/studio.tsx";
import { Button } from "../ui/button.tsx";
import { TextField } from "../ui/text-field.tsx";
import { attempt } from "../ui/toasts.ts";
import { useWords } from "../words/words.ts";
import styles from "./get-models.module.css";
import { useImport } from "../transfers/use-import.ts";

/** A folder or an archive of this machine, by its path or, on the desktop, by choosing it. */
export function ImportForm({ isWanted }: { isWanted: boolean }) {
  const t = useWords("models");
  const { client } = useStudio();
  const [folder, setFolder] = useState("");
  const field = useRef<HTMLInputElement & HTMLTextAreaElement>(null);
  useEffect(() => {
    if (isWanted) field.current?.focus();
  }, [isWanted]);
  const choose = async () => setFolder((await desktop?.chooseFolder()) ?? folder);
  const [, setAddress] = useSearchParams();
  const importing = useImport();
  const path = folder.trim();
  const isArchive = /\.(?:mar|tar\.gz|tgz)$/i.test(path);
  const begin = () => {
    const name = path.split(/[/\\]/).findLast((part) => part !== "") ?? path;
    importing(name, client.models.import({ folder: path }));
    setFolder("");
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    begin();
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
            {isArchive && (
              <Button icon={PackageSearch} onPress={() => setAddress({ archive: path })}>
                {t("import.look")}
              </Button>
            )}
            <Button icon={FolderInput} type="submit" isDisabled={path === ""}>
              {t("import.yes")}
            </Button>
          </>
        }
      />
    </form>
  );
}
