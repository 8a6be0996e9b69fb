import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useId } from "react";
import { useStudio } from "../connection/studio.tsx";
import { classNames } from "../ui/class-names.ts";
import { useKeptFocus } from "../ui/use-kept-focus.ts";
import type { SettingLineId } from "../words/en/setting-lines.ts";
import { useWords } from "../words/words.ts";
import styles from "./section.module.css";
import { useFoundLines, useSettingsAddress } from "./settings-address.ts";
import { useLinked } from "./use-linked.ts";

/** Where a line's choice is stored: `file` is the studio's settings. */
export type Kept = "file" | "browser" | "environment" | "keyring" | { readonly path: string };

export interface LineProps {
  readonly id: SettingLineId;
  readonly kept?: Kept;
  readonly children: ReactNode;
}

/**
 * A line of the page: its control, a sentence about its effect, and where it is stored. Its address scrolls to it and
 * highlights it.
 */
export function Line({ id, kept = "file", children }: LineProps) {
  const t = useWords("settings");
  const { search } = useSettingsAddress();
  const isFound = useFoundLines(search).has(id);
  const [place, isLinked] = useLinked<HTMLDivElement>(id);
  const help = useId();
  useKeptFocus(place, { isShown: isFound });
  if (!isFound) return null;
  return (
    <div
      ref={place}
      className={classNames(styles.line, isLinked && styles.linked)}
      role="group"
      aria-label={t(`lines.${id}.name`)}
      aria-describedby={help}
      tabIndex={-1}
    >
      {children}
      <p id={help} className={styles.help}>
        {t(`lines.${id}.what`)} <KeptWords kept={kept} />
      </p>
    </div>
  );
}

function KeptWords({ kept }: { kept: Kept }) {
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
