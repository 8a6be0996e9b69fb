import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import type { Preset } from "../../../engine/contract/presets.ts";
import { useStudio } from "../../connection/studio.tsx";
import { changeForm, useForm, useFormSettings } from "../../state/form.ts";
import { Chips } from "../../ui/chips.tsx";
import { formatAbout } from "../../words/format.ts";
import { useWords } from "../../words/words.ts";
import type { ChosenModel } from "../chosen-model.ts";
import { useChosenTarget } from "../chosen-target.ts";
import { useEstimate } from "../press/estimate.ts";
import { requestFrom, wantedFrom } from "../press/wanted.ts";
import styles from "./form-panel.module.css";
import {
  fieldsOf,
  type Own,
  presetOf,
  type PresetSeconds,
  presetsFor,
  presetWithin,
  USUAL,
} from "../../state/presets.ts";

/** The settings that make up a preset, of which the preset itself is one. */
const SETS = ["preset", "steps", "scheduler", "precision", "cacheInterval"] as const;

/** Presets for speed and quality, each with its expected time. */
export function PresetRow({ model }: { readonly model: ChosenModel }) {
  const t = useWords("generate");
  const form = useFormSettings();
  const own = model.summary ?? USUAL;
  const { isRemote, ignored } = useChosenTarget();
  const isGpu = useIsGpu();
  const hasInt8 = isRemote ? !ignored.has("precision") : !isGpu;
  const isUnread = SETS.every((setting) => ignored.has(setting));
  const offered = presetsFor(own, hasInt8);
  const seconds = usePresetSeconds(model);
  const within = isRemote ? "exact" : model.summary && presetWithin(offered, seconds);
  const isChosen = usePresetChoice(own, within);
  const preset = presetOf(form, own);
  return (
    <>
      {offered.length > 1 && (
        <Chips
          label={t("quality.title")}
          isSegmented
          isTall
          value={preset}
          onChange={(chosen) => changeForm({ ...fieldsOf(chosen, own), isPresetChosen: true })}
          chips={offered.map((name) => ({
            value: name,
            name: t(`quality.${name}`),
            isDisabled: isUnread,
            label: <PresetLabel preset={name} seconds={isRemote ? undefined : seconds[name]} />,
          }))}
        />
      )}
      {own.isDistilled && (
        <p className={styles.hint}>{t("quality.distilled", { steps: own.steps })}</p>
      )}
      {preset === undefined ? (
        offered.length > 1 && <Custom model={model} />
      ) : (
        <p className={styles.hint}>
          <Contents preset={preset} own={own} hasInt8={hasInt8} />
        </p>
      )}
      {isChosen && <Selected preset={preset} exactSeconds={seconds.exact} />}
    </>
  );
}

/** A preset's name with its expected time below. */
function PresetLabel({ preset, seconds }: { preset: Preset; seconds: number | undefined }) {
  const t = useWords("generate");
  return (
    <span className={styles.preset}>
      {t(`quality.${preset}`)}
      {seconds !== undefined && <span className={styles.time}>{formatAbout(seconds)}</span>}
    </span>
  );
}

interface SelectedProps {
  readonly preset: Preset | undefined;
  readonly exactSeconds: number | undefined;
}

/** Why a faster preset than Exact was selected. */
function Selected({ preset, exactSeconds }: SelectedProps) {
  const t = useWords("generate");
  if (preset === undefined || preset === "exact" || exactSeconds === undefined) return null;
  const time = formatAbout(exactSeconds);
  return (
    <p className={styles.hint}>{t("quality.selected", { preset: t(`quality.${preset}`), time })}</p>
  );
}

/** Says that the settings are no preset's; nothing until the model, and so its presets, are known. */
function Custom({ model }: { readonly model: ChosenModel }) {
  const t = useWords("generate");
  const { isRemote } = useChosenTarget();
  if (!isRemote && model.summary === undefined) return null;
  return <p className={styles.hint}>{t("quality.custom")}</p>;
}

interface ContentsProps {
  readonly preset: Preset;
  readonly own: Own;
  readonly hasInt8: boolean;
}

/** A preset's settings in one line. */
function Contents({ preset, own, hasInt8 }: ContentsProps) {
  const t = useWords("generate");
  const names = useWords("picture");
  const { isRemote, ignored } = useChosenTarget();
  if (isRemote && !ignored.has("preset")) return t("quality.remote");
  const { steps, scheduler, precision, cacheInterval } = fieldsOf(preset, own);
  const ownPrecision = hasInt8 ? t("quality.fullPrecision") : t("quality.gpuPrecision");
  // An endpoint's precision is unknown unless it is set.
  const otherwise = isRemote ? [] : [ownPrecision];
  return [
    t("quality.stepCount", { count: steps ?? own.steps }),
    ...(cacheInterval === undefined ? [] : [t("quality.fullSteps", { steps: cacheInterval })]),
    scheduler === undefined ? t("quality.ownSampler") : names(`schedulers.${scheduler}`),
    ...(hasInt8 && precision !== undefined ? [precision] : otherwise),
  ].join(" · ");
}

function useIsGpu(): boolean {
  const { queries } = useStudio();
  const { data } = useQuery(queries.machine.get.queryOptions());
  return data?.device !== undefined && data.device.provider !== "cpu";
}

/** The expected time of each preset for the picture in the form. */
function usePresetSeconds({ id, summary }: ChosenModel): PresetSeconds {
  // The time does not depend on the texts.
  const form = { ...useFormSettings(), prompt: "", negativePrompt: "" };
  const wanted = wantedFrom(form, summary);
  const { width, height, guidanceScale } = wanted;
  const { initImageId, strength } = requestFrom(form, id, wanted);
  const picture = {
    prompt: "",
    model: id,
    width,
    height,
    guidanceScale,
    ...(initImageId !== undefined && { initImageId, strength }),
  };
  const isKnown = summary !== undefined;
  const exact = useEstimate({ ...picture, preset: "exact" }, isKnown)?.seconds;
  const balanced = useEstimate({ ...picture, preset: "balanced" }, isKnown)?.seconds;
  const fast = useEstimate({ ...picture, preset: "fast" }, isKnown)?.seconds;
  return {
    ...(exact !== undefined && { exact }),
    ...(balanced !== undefined && { balanced }),
    ...(fast !== undefined && { fast }),
  };
}

/** Chooses a preset unless the user has chosen one; returns whether the choice was automatic. */
function usePresetChoice(own: Own, within: Preset | undefined): boolean {
  const isUntouched = useForm(({ isLoaded, isPresetChosen }) => isLoaded && !isPresetChosen);
  const preset = isUntouched ? within : undefined;
  useEffect(() => {
    if (preset !== undefined) changeForm(fieldsOf(preset, own));
  }, [preset, own]);
  return preset !== undefined;
}
