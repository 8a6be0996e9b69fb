import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { MAX_PROMPT } from "../../engine/contract/request.ts";
import { MAX_PATTERN, type Settings, unknownNamePart } from "../../engine/contract/settings.ts";
import { desktop } from "../connection/desktop.ts";
import { useStudio } from "../connection/studio.tsx";
import { useForm } from "../state/form.ts";
import { useRebuild } from "../state/rebuild.ts";
import { Button } from "../ui/button.tsx";
import { ProgressBar } from "../ui/progress-bar.tsx";
import { SavedField, useTyped } from "../ui/saved-field.tsx";
import { useSaving } from "../ui/use-saving.tsx";
import { FolderField, isWholePath } from "../transfers/folder-field.tsx";
import { attempt } from "../ui/toasts.ts";
import { useDebounced } from "../ui/use-debounced.ts";
import { useWords } from "../words/words.ts";
import { useDataPath } from "./kept.tsx";
import { Line } from "./line.tsx";
import { Actions, Help, Section } from "./section.tsx";
import { useChange, useSave } from "./use-change.ts";

/** The folder for pictures, their file names, and their index. */
export function PicturesSection({ settings }: { settings: Settings }) {
  const index = useDataPath("gallery.sqlite");
  return (
    <Section of="pictures">
      <Line id="pictureFolder">
        <PictureFolder folder={settings.pictureFolder} />
      </Line>
      <Line id="fileNames">
        <FileNames pattern={settings.fileNamePattern} />
      </Line>
      <Line id="rebuild" kept={{ path: index }}>
        <Rebuild />
      </Line>
    </Section>
  );
}

function PictureFolder({ folder }: { folder: string | undefined }) {
  const t = useWords("settings");
  const { queries } = useStudio();
  const own = useQuery(queries.machine.get.queryOptions()).data?.pictureFolder;
  const change = useChange();
  const saveSetting = useSave();
  const [typed, setTyped] = useTyped(folder ?? "");
  const wanted = typed.trim();
  const saving = useSaving(() => saveSetting({ pictureFolder: wanted }));
  const isOff = wanted === (folder ?? "") || !isWholePath(wanted);
  return (
    <>
      <FolderField
        label={t("pictures.folder")}
        standard={own ?? ""}
        value={typed}
        onChange={(text) => {
          setTyped(text);
          saving.forget();
        }}
        onChoose={(chosen) => change({ pictureFolder: chosen })}
        error={saving.refusal}
        aside={saving.sign}
        onEnter={() => {
          if (!isOff) saving.save();
        }}
        trailing={
          <Button isDisabled={isOff} onPress={saving.save}>
            {t("pictures.save")}
          </Button>
        }
      />
      {(desktop ?? folder) !== undefined && (
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
      )}
    </>
  );
}

function FileNames({ pattern }: { pattern: string }) {
  const t = useWords("settings");
  const save = useSave();
  const [typed, setTyped] = useTyped(pattern);
  const faultOf = (text: string): string | undefined => {
    if (text.length > MAX_PATTERN) return t("pictures.patternLong", { count: MAX_PATTERN });
    const part = unknownNamePart(text);
    return part === undefined ? undefined : t("pictures.patternUnknown", { part });
  };
  return (
    <>
      <SavedField
        label={t("pictures.pattern")}
        description={t("pictures.patternHelp", { interpolation: { skipOnVariables: true } })}
        saved={pattern}
        onType={setTyped}
        required={t("pictures.patternEmpty")}
        isSame={(text, saved) => text === saved}
        faultOf={faultOf}
        onSave={(text) => save({ fileNamePattern: text })}
      />
      <ExampleName
        pattern={typed.trim() === "" || faultOf(typed) !== undefined ? pattern : typed}
      />
    </>
  );
}

/** The studio is asked about a pattern this long after the last key press, milliseconds. */
const REST_MS = 200;
const EXAMPLE = { prompt: "two purple fish under water", seed: "1207113004" };
/** The starter's own size, used until a size is chosen. */
const SIDE = 128;

/** The file that the form's next picture would be written to, as the studio would name it. */
function ExampleName({ pattern }: { pattern: string }) {
  const t = useWords("settings");
  const { queries } = useStudio();
  const input = { pattern: useDebounced(pattern, REST_MS), ...useNextPicture() };
  const options = queries.gallery.nameFor.queryOptions({ input });
  const name = useQuery({ ...options, placeholderData: keepPreviousData }).data?.name;
  return <Help>{t("pictures.example", { name: name ?? "…" })}</Help>;
}

/** The form's settings, with examples for those it leaves open. */
function useNextPicture() {
  const { queries } = useStudio();
  const form = useForm();
  const model = useQuery(queries.settings.get.queryOptions()).data?.model ?? "";
  const models = useQuery(queries.models.list.queryOptions()).data;
  const own = { width: SIDE, height: SIDE, name: model };
  const { width, height, name } = models?.find(({ id }) => id === model)?.summary ?? own;
  const prompt = form.prompt.trim().slice(0, MAX_PROMPT);
  return {
    prompt: prompt === "" ? EXAMPLE.prompt : prompt,
    seed: form.seed === "" ? EXAMPLE.seed : form.seed,
    model: name,
    width: form.width ?? width,
    height: form.height ?? height,
  };
}

function Rebuild() {
  const t = useWords("settings");
  const { client } = useStudio();
  const { isRunning, done, total } = useRebuild();
  return (
    <>
      <Actions>
        <Button isPending={isRunning} onPress={() => attempt(client.gallery.rebuild())}>
          {t("pictures.rebuild")}
        </Button>
      </Actions>
      {isRunning && (
        <>
          <ProgressBar
            label={t("pictures.rebuild")}
            share={total === 0 ? undefined : done / total}
          />
          <Help>{t("pictures.rebuilding", { done, total })}</Help>
        </>
      )}
    </>
  );
}
