import { FolderInput, FolderOpen, PackageSearch, Search } from "lucide-react";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { useSearchParams } from "wouter";
import { desktop } from "../connection/desktop.ts";
import { useStudio } from "../connection/studio.tsx";
import { Button } from "../ui/button.tsx";
import { TextField } from "../ui/text-field.tsx";
import { attempt } from "../ui/toasts.ts";
import { useWords } from "../words/words.ts";
import styles from "./get-models.module.css";
import { FolderChooser } from "../transfers/folder-chooser.tsx";
import { ScanResults } from "./scan-results.tsx";
import { useImport } from "../transfers/use-import.ts";

/** Imports a folder or an archive on this machine, by its path or, on the desktop, by choosing it. */
export function ImportForm({ isWanted }: { isWanted: boolean }) {
  const t = useWords("models");
  const { client } = useStudio();
  const [folder, setFolder] = useState("");
  const field = useFocusWhere(isWanted);
  /** The folder that is searched, anew at each press. */
  const [scanned, setScanned] = useState<{ readonly folder: string; readonly turn: number }>();
  const [isChoosing, setIsChoosing] = useState(false);
  const choose = async () => {
    if (desktop) setFolder((await desktop.chooseFolder()) ?? folder);
    else setIsChoosing(true);
  };
  const importing = useImport();
  const path = folder.trim();
  const begin = () => {
    const name = path.split(/[/\\]/).findLast((part) => part !== "") ?? path;
    importing(name, client.models.import({ folder: path }));
    setFolder("");
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    begin();
  };
  const find = (searched: string) =>
    setScanned((before) => ({ folder: searched, turn: (before?.turn ?? 0) + 1 }));
  const take = (chosen: string) => {
    setFolder(chosen);
    setIsChoosing(false);
  };
  return (
    <>
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
            <Button icon={FolderOpen} onPress={() => attempt(choose())}>
              {t("import.choose")}
            </Button>
          }
        />
        <Ways path={path} onFind={find} />
      </form>
      {isChoosing && (
        <FolderChooser
          title={t("import.chooseTitle")}
          yes={t("import.chooseYes")}
          yesArchive={t("import.chooseArchive")}
          start={path}
          onClose={() => setIsChoosing(false)}
          onChoose={take}
        />
      )}
      {scanned !== undefined && (
        <ScanResults
          key={scanned.turn}
          folder={scanned.folder}
          onClose={() => {
            setScanned(undefined);
            field.current?.focus();
          }}
        />
      )}
    </>
  );
}

/** The ref of a field that gets the focus when it is wanted. */
function useFocusWhere(isWanted: boolean) {
  const field = useRef<HTMLInputElement & HTMLTextAreaElement>(null);
  useEffect(() => {
    if (isWanted) field.current?.focus();
  }, [isWanted]);
  return field;
}

/** The actions for a path: an archive can be opened, a folder searched, and both imported. */
function Ways({ path, onFind }: { path: string; onFind: (folder: string) => void }) {
  const t = useWords("models");
  const [, setAddress] = useSearchParams();
  const isArchive = /\.(?:mar|tar\.gz|tgz)$/i.test(path);
  return (
    <div className={styles.ways}>
      {isArchive ? (
        <Button icon={PackageSearch} onPress={() => setAddress({ archive: path })}>
          {t("import.look")}
        </Button>
      ) : (
        <Button icon={Search} isDisabled={path === ""} onPress={() => onFind(path)}>
          {t("import.find")}
        </Button>
      )}
      <Button icon={FolderInput} type="submit" isDisabled={path === ""}>
        {t("import.yes")}
      </Button>
    </div>
  );
}
