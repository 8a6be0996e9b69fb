import { useQuery } from "@tanstack/react-query";
import { FolderOpen } from "lucide-react";
import { type ReactNode, useState } from "react";
import { desktop } from "../connection/desktop.ts";
import { useStudio } from "../connection/studio.tsx";
import { Button } from "../ui/button.tsx";
import { TextField } from "../ui/text-field.tsx";
import { FolderChooser, type FolderChooserProps } from "./folder-chooser.tsx";
import { attempt } from "../ui/toasts.ts";
import { useWords } from "../words/words.ts";

export interface FolderFieldProps {
  readonly label: string;
  readonly help?: string;
  /** The folder that an empty field means. */
  readonly standard: string;
  readonly value: string;
  readonly onChange: (folder: string) => void;
  /** Called with a chosen folder; by default it is treated like a typed one. */
  readonly onChoose?: (folder: string) => void;
  /** Why the value was refused. */
  readonly error?: string | undefined;
  /** Called when Enter is pressed in the input. */
  readonly onEnter?: () => void;
  /** Content at the right of the label. */
  readonly aside?: ReactNode;
  /** Additional content beside the input. */
  readonly trailing?: ReactNode;
}

/** A field for a folder on the studio's computer: typed, or chosen in a dialog. */
export function FolderField(props: FolderFieldProps) {
  const { label, help, standard, value, onChange, onChoose = onChange } = props;
  const { error, onEnter, aside, trailing } = props;
  const t = useWords("transfers");
  return (
    <TextField
      label={label}
      description={help}
      aside={aside}
      placeholder={standard}
      isCode
      value={value}
      onChange={onChange}
      error={value.trim() === "" || isWholePath(value.trim()) ? error : t("folder.fault")}
      onKeyDown={({ key }) => {
        if (key === "Enter") onEnter?.();
      }}
      trailing={
        <>
          <ChooseButton title={label} yes={t("folder.take")} start={value} onChoose={onChoose}>
            {t("folder.choose")}
          </ChooseButton>
          {trailing}
        </>
      }
    />
  );
}

export interface ChooseButtonProps extends Omit<FolderChooserProps, "onClose"> {
  readonly children: string;
}

/** Opens the system's dialog for a folder, or in a browser our own, which can also offer archives. */
export function ChooseButton({ children, onChoose, ...chooser }: ChooseButtonProps) {
  const [isChoosing, setIsChoosing] = useState(false);
  const choose = async () => {
    if (desktop === undefined) return setIsChoosing(true);
    const chosen = await desktop.chooseFolder();
    if (chosen !== undefined) onChoose(chosen);
  };
  return (
    <>
      <Button icon={FolderOpen} onPress={() => attempt(choose())}>
        {children}
      </Button>
      {isChoosing && (
        <FolderChooser
          {...chooser}
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

/** The folder in the studio's data folder that is used for a kind of files by default. */
export function useStandardFolder(name: string): string {
  const { queries } = useStudio();
  const dataFolder = useQuery(queries.machine.get.queryOptions()).data?.dataFolder;
  return dataFolder === undefined ? "" : pathIn(dataFolder, name);
}

/** A path below a folder, with the folder's own kind of slashes. */
export function pathIn(folder: string, name: string): string {
  const sign = folder.includes("\\") && !folder.includes("/") ? "\\" : "/";
  return `${folder.replace(/[/\\]+$/, "")}${sign}${name}`;
}

export function isWholePath(path: string): boolean {
  return /^(?:\/|[A-Za-z]:[/\\]|\\\\)/.test(path);
}
