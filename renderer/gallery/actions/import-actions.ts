import { FolderInput, ImageDown } from "lucide-react";
import { useMemo } from "react";
import type { Action } from "../../shortcuts/registry.ts";
import { useWords } from "../../words/words.ts";
import { usePictureImport } from "../../picture/use-picture-import.ts";

/** Imports by menus and keys: files or a folder, since a browser's file dialog offers only one of the two. */
export function useImportActions(): readonly Action[] {
  const { choose } = usePictureImport();
  const t = useWords("gallery");
  return useMemo(() => {
    const group = t("actions.group");
    return [
      {
        id: "gallery.import",
        label: t("import.files"),
        group,
        icon: ImageDown,
        run: () => choose("files"),
      },
      {
        id: "gallery.import-folder",
        label: t("import.folder"),
        group,
        icon: FolderInput,
        run: () => choose("folder"),
      },
    ];
  }, [choose, t]);
}
