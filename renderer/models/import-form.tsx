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
  const leaveResults = () => {
    setScanned(undefined);
    field.current?.focus();
  };
  const importing = useImport();
  const path = folder.trim();
  const [isPressed, setIsPressed] = useState(false);
  const begin = () => {
    const name = path.split(/[/\\]/).findLast((part) => part !== "") ?? path;
    importing(name, client.models.import({ folder: path }));
    setFolder("");
    setIsPressed(false);
  };
  const find = () => setScanned((before) => ({ folder: path, turn: (before?.turn ?? 0) + 1 }));
  /** Nothing can be done with an empty path but to say so. */
  const press = (act: () => void) => {
    setIsPressed(true);
    if (path !== "") act();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    press(begin);
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
          error={isPressed && path === "" ? t("import.empty") : undefined}
          inputRef={field}
          trailing={<ChooseButton start={path} onChoose={setFolder} />}
        />
        <Ways path={path} onFind={() => press(find)} />
      </form>
      {scanned !== undefined && (
        <ScanResults key={scanned.turn} folder={scanned.folder} onClose={leaveResults} />
      )}
    </>
  );
}

interface ChooseButtonProps {
  readonly start: string;
  readonly onChoose: (path: string) => void;
}

/** Chooses a folder, or in a browser also an archive. */
function ChooseButton({ start, onChoose }: ChooseButtonProps) {
  const t = useWords("models");
  const [isChoosing, setIsChoosing] = useState(false);
  const choose = async () => {
    if (desktop === undefined) return setIsChoosing(true);
    const chosen = await desktop.chooseFolder();
    if (chosen !== undefined) onChoose(chosen);
  };
  return (
    <>
      <Button icon={FolderOpen} onPress={() => attempt(choose())}>
        {t("import.choose")}
      </Button>
      {isChoosing && (
        <FolderChooser
          title={t("import.chooseTitle")}
          yes={t("import.chooseYes")}
          yesArchive={t("import.chooseArchive")}
          start={start}
          onClose={() => setIsChoosing(false)}
          onChoose={(path) => {
            onChoose(path);
            setIsChoosing(false);
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
function Ways({ path, onFind }: { path: string; onFind: () => void }) {
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
        <Button icon={Search} onPress={onFind}>
          {t("import.find")}
        </Button>
      )}
      <Button icon={FolderInput} type="submit">
        {t("import.yes")}
      </Button>
    </div>
  );
}
