import { useQuery } from "@tanstack/react-query";
import { FolderOpen } from "lucide-react";
import { useState } from "react";
import type { Settings } from "../../engine/contract/settings.ts";
import { desktop } from "../connection/desktop.ts";
import { useStudio } from "../connection/studio.tsx";
import { useRebuild } from "../state/rebuild.ts";
import { Button } from "../ui/button.tsx";
import { ProgressBar } from "../ui/progress-bar.tsx";
import { SavedField } from "../ui/saved-field.tsx";
import { TextField } from "../ui/text-field.tsx";
import { attempt } from "../ui/toasts.ts";
import { useWords } from "../words/words.ts";
import { Actions, Help, Section } from "./section.tsx";
import { useChange } from "./use-change.ts";

/** Where pictures go, under which names, and their index. */
export function PicturesSection({ settings }: { settings: Settings }) {
  const t = useWords("settings");
  return (
    <Section title={t("pictures.title")}>
      <PictureFolder key={settings.pictureFolder ?? ""} folder={settings.pictureFolder} />
      <FileNames key={settings.fileNamePattern} pattern={settings.fileNamePattern} />
      <Rebuild />
    </Section>
  );
}

function PictureFolder({ folder }: { folder: string | undefined }) {
  const t = useWords("settings");
  const { queries } = useStudio();
  const own = useQuery(queries.machine.get.queryOptions()).data?.pictureFolder;
  const change = useChange();
  const [typed, setTyped] = useState(folder ?? "");
  const choose = async () => {
    const chosen = await desktop?.chooseFolder();
    if (chosen !== undefined) change({ pictureFolder: chosen });
  };
  return (
    <>
      <TextField
        label={t("pictures.folder")}
        description={t("pictures.folderHelp")}
        isCode
        placeholder={own}
        value={typed}
        onChange={setTyped}
        trailing={
          desktop ? (
            <Button icon={FolderOpen} onPress={() => attempt(choose())}>
              {t("pictures.choose")}
            </Button>
          ) : (
            <Button
              isDisabled={typed === (folder ?? "") || typed.trim() === ""}
              onPress={() => change({ pictureFolder: typed.trim() })}
            >
              {t("pictures.save")}
            </Button>
          )
        }
      />
      <Actions>
        {desktop && (
          <Button onPress={() => attempt(desktop?.revealFolder("pictures"))}>
            {t("pictures.reveal")}
          </Button>
        )}
        {folder !== undefined && (
          <Button variant="plain" onPress={() => change({ pictureFolder: null })}>
            {t("pictures.reset")}
          </Button>
        )}
      </Actions>
    </>
  );
}

function FileNames({ pattern }: { pattern: string }) {
  const t = useWords("settings");
  const change = useChange();
  const [typed, setTyped] = useState(pattern);
  return (
    <>
      <SavedField
        label={t("pictures.pattern")}
        description={t("pictures.patternHelp", { interpolation: { skipOnVariables: true } })}
        saved={pattern}
        onType={setTyped}
        isSame={(text, saved) => text === saved || text.trim() === ""}
        onSave={(text) => change({ fileNamePattern: text })}
      />
      <Help>{t("pictures.example", { name: exampleName(typed, new Date()) })}</Help>
    </>
  );
}

const EXAMPLE = {
  prompt: "two-purple-fish-under-water",
  seed: "1207113004",
  model: "starter",
  width: "128",
  height: "128",
  id: "m3k2p9x0aq7c",
};

/** What a file would be called by a pattern, for a person to look at; the host has the last word. */
function exampleName(pattern: string, now: Date): string {
  const iso = new Date(now.getTime() - now.getTimezoneOffset() * 60_000).toISOString();
  const values: Readonly<Record<string, string>> = {
    ...EXAMPLE,
    date: iso.slice(0, 10),
    time: iso.slice(11, 19).replaceAll(":", "-"),
  };
  return `${pattern.replaceAll(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole)}.png`;
}

function Rebuild() {
  const t = useWords("settings");
  const { client } = useStudio();
  const { isRunning, done, total } = useRebuild();
  return (
    <>
      <Actions>
        <Button isDisabled={isRunning} onPress={() => attempt(client.gallery.rebuild())}>
          {t("pictures.rebuild")}
        </Button>
      </Actions>
      {isRunning ? (
        <>
          <ProgressBar
            label={t("pictures.rebuild")}
            share={total === 0 ? undefined : done / total}
          />
          <Help>{t("pictures.rebuilding", { done, total })}</Help>
        </>
      ) : (
        <Help>{t("pictures.rebuildHelp")}</Help>
      )}
    </>
  );
}
