import { useQuery } from "@tanstack/react-query";
import { FolderInput, PackageSearch, Search } from "lucide-react";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { useSearchParams } from "wouter";
import { ARCHIVE_ENDING } from "../../engine/contract/archives.ts";
import { useStudio } from "../connection/studio.tsx";
import { Button } from "../ui/button.tsx";
import { TextField } from "../ui/text-field.tsx";
import { useWords } from "../words/words.ts";
import styles from "./get-models.module.css";
import { ChooseButton } from "../transfers/folder-field.tsx";
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
          trailing={
            <ChooseButton
              title={t("import.chooseTitle")}
              yes={t("import.chooseYes")}
              yesArchive={t("import.chooseArchive")}
              start={path}
              onChoose={setFolder}
            >
              {t("import.choose")}
            </ChooseButton>
          }
        />
        <Ways path={path} onFind={() => press(find)} />
      </form>
      {scanned !== undefined && (
        <ScanResults key={scanned.turn} folder={scanned.folder} onClose={leaveResults} />
      )}
    </>
  );
}

/** The ref of a field that gets the focus when it is wanted and what is above it will not push it out of view. */
function useFocusWhere(isWanted: boolean) {
  const { queries } = useStudio();
  const { isPending } = useQuery(queries.models.catalogue.queryOptions());
  const field = useRef<HTMLInputElement & HTMLTextAreaElement>(null);
  useEffect(() => {
    if (isWanted && !isPending) field.current?.focus();
  }, [isWanted, isPending]);
  return field;
}

/** The actions for a path: an archive can be opened, a folder searched, and both imported. */
function Ways({ path, onFind }: { path: string; onFind: () => void }) {
  const t = useWords("models");
  const [, setAddress] = useSearchParams();
  const isArchive = ARCHIVE_ENDING.test(path);
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
