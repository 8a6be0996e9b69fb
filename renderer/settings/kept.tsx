import { useQuery } from "@tanstack/react-query";
import { createContext } from "react";
import { useStudio } from "../connection/studio.tsx";
import { useWords } from "../words/words.ts";
import styles from "./section.module.css";

/** Where a choice is stored: `file` is the studio's settings. */
export type Kept = "file" | "browser" | "environment" | "keyring" | { readonly path: string };

/** Where all lines of a section are stored, and the id of the sentence that says so. */
export interface SectionKept {
  readonly kept: Kept | undefined;
  readonly id: string;
}

export const SectionKeptContext = createContext<SectionKept>({ kept: undefined, id: "" });

/** Says where a choice is stored. */
export function KeptWords({ kept }: { kept: Kept }) {
  const t = useWords("settings");
  const settings = useDataPath("settings.json");
  const words = () => {
    if (typeof kept === "object") return t("kept.files", { path: kept.path });
    return kept === "file" ? t("kept.file", { path: settings }) : t(`kept.${kept}`);
  };
  return <span className={styles.kept}>{words()}</span>;
}

/** The path of a name in the studio's data folder, in the form of its operating system. */
export function useDataPath(name: string): string {
  const { queries } = useStudio();
  const machine = useQuery(queries.machine.get.queryOptions()).data;
  if (machine === undefined) return name;
  const { dataFolder, platform } = machine;
  return `${dataFolder}${platform.startsWith("win32") ? "\\" : "/"}${name}`;
}
