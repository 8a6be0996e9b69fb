import { useQuery } from "@tanstack/react-query";
import { FolderOpen } from "lucide-react";
import { useState } from "react";
import { desktop } from "../connection/desktop.ts";
import { useStudio } from "../connection/studio.tsx";
import { Button } from "../ui/button.tsx";
import { TextField } from "../ui/text-field.tsx";
import { FolderChooser } from "./folder-chooser.tsx";
import { attempt } from "../ui/toasts.ts";
import { useWords } from "../words/words.ts";

export interface FolderFieldProps {
  readonly label: string;
  readonly help: string;
  /** What is meant where nothing is entered. */
  readonly standard: string;
  readonly value: string;
  readonly onChange: (folder: string) => void;
}

/** A folder of the studio's machine: typed, or in a window on the desktop chosen. */
export function FolderField({ label, help, standard, value, onChange }: FolderFieldProps) {
  const t = useWords("transfers");
  const [isChoosing, setIsChoosing] = useState(false);
  const choose = async () => {
    if (desktop) onChange((await desktop.chooseFolder()) ?? value);
    else setIsChoosing(true);
  };
  return (
    <>
      <TextField
        label={label}
        description={help}
        placeholder={standard}
        isCode
        value={value}
        onChange={onChange}
        error={value.trim() === "" || isWholePath(value.trim()) ? undefined : t("folder.fault")}
        trailing={
          <Button icon={FolderOpen} onPress={() => attempt(choose())}>
            {t("folder.choose")}
          </Button>
        }
      />
      {isChoosing && (
        <FolderChooser
          title={label}
          yes={t("folder.take")}
          start={value}
          onClose={() => setIsChoosing(false)}
          onChoose={(folder) => {
            onChange(folder);
            setIsChoosing(false);
          }}
        />
      )}
    </>
  );
}

/** A folder in the studio's own, where files of a kind go that a person gave no other place. */
export function useStandardFolder(name: string): string {
  const { queries } = useStudio();
  const dataFolder = useQuery(queries.machine.get.queryOptions()).data?.dataFolder;
  return dataFolder === undefined ? "" : pathIn(dataFolder, name);
}

/** A path below a folder, in the folder's own way of writing. */
export function pathIn(folder: string, name: string): string {
  const sign = folder.includes("\\") && !folder.includes("/") ? "\\" : "/";
  return `${folder.replace(/[/\\]+$/, "")}${sign}${name}`;
}

export function isWholePath(path: string): boolean {
  return /^(?:\/|[A-Za-z]:[/\\]|\\\\)/.test(path);
}
