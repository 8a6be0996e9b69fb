import { useEffect } from "react";
import { LOCAL_TARGET } from "../../../engine/contract/generation.ts";
import { SCHEDULER_NAMES } from "../../../engine/contract/schedulers.ts";
import { changeForm, useForm } from "../../state/form.ts";
import { Chips } from "../../ui/chips.tsx";
import { Help } from "../../ui/help.tsx";
import { Select } from "../../ui/select.tsx";
import { Slider } from "../../ui/slider.tsx";
import { formatDuration } from "../../words/format.ts";
import { useWords } from "../../words/words.ts";
import type { ChosenModel } from "../chosen-model.ts";
import { useChosenTarget } from "../chosen-target.ts";
import { useEstimate } from "../press/estimate.ts";
import { wantedFrom } from "../press/wanted.ts";
import styles from "./form-panel.module.css";
import { Ignorable } from "./ignorable.tsx";
import { fieldsOf, PATIENCE_SECONDS, presetOf, PRESETS } from "./presets.ts";

const QUALITY = ["steps", "guidanceScale", "scheduler"] as const;

/** How much work goes into the picture: three presets, and what they set. */
export function QualityFields({ model }: { model: ChosenModel }) {
  const t = useWords("generate");
  const form = useForm();
  const { ignored } = useChosenTarget();
  const isLocal = form.target === LOCAL_TARGET;
  const isIgnored = QUALITY.every((setting) => ignored.has(setting));
  const own = model.summary ?? { steps: 50, scheduler: undefined, isDistilled: false };
  const exactSeconds = useFastChoice(model);
  const { steps, guidanceScale } = wantedFrom(form, model.summary);
  return (
    <fieldset className={styles.section}>
      <legend className={styles.title}>{t("quality.title")}</legend>
      <Ignorable isIgnored={isIgnored}>
        {own.isDistilled ? (
          <p className={styles.hint}>{t("quality.distilled", { steps: own.steps })}</p>
        ) : (
          <Chips
            label={t("quality.title")}
            isSegmented
            value={presetOf(form, own)}
            onChange={(preset) => changeForm({ ...fieldsOf(preset, own), isPresetChosen: true })}
            chips={PRESETS.map((preset) => ({ value: preset, label: t(`quality.${preset}`) }))}
          />
        )}
        {exactSeconds !== undefined && (
          <p className={styles.hint}>
            {t("quality.chosenFast", { time: formatDuration(exactSeconds) })}
          </p>
        )}
        <div className={styles.pair}>
          <Slider
            label={t("quality.steps")}
            value={steps}
            onChange={(value) => changeForm({ steps: value, isPresetChosen: true })}
            minValue={1}
            maxValue={1000}
            slideTo={100}
            isDisabled={!isIgnored && ignored.has("steps")}
            help={<Help about={t("quality.steps")}>{t("quality.stepsHelp")}</Help>}
          />
          <Slider
            label={t("quality.guidance")}
            value={guidanceScale}
            onChange={(value) => changeForm({ guidanceScale: value })}
            minValue={0}
            maxValue={100}
            slideTo={15}
            isDisabled={!isIgnored && ignored.has("guidanceScale")}
            step={0.5}
            help={<Help about={t("quality.guidance")}>{t("quality.guidanceHelp")}</Help>}
          />
        </div>
        <Sampler model={model} isDisabled={!isIgnored && ignored.has("scheduler")} />
        {isLocal && <Precision />}
      </Ignorable>
    </fieldset>
  );
}

const OWN = "own";

interface SamplerProps {
  readonly model: ChosenModel;
  readonly isDisabled: boolean;
}

function Sampler({ model: { summary }, isDisabled }: SamplerProps) {
  const t = useWords("generate");
  const names = useWords("picture");
  const chosen = useForm(({ scheduler }) => scheduler);
  const own = summary?.scheduler;
  const ownLabel = own
    ? t("quality.samplerOwn", { scheduler: names(`schedulers.${own}`) })
    : t("quality.samplerUnknown");
  return (
    <Select
      label={t("quality.sampler")}
      isDisabled={isDisabled}
      help={<Help about={t("quality.sampler")}>{t("quality.samplerHelp")}</Help>}
      value={chosen ?? OWN}
      onChange={(value) =>
        changeForm({ scheduler: value === OWN ? undefined : value, isPresetChosen: true })
      }
      options={[
        { value: OWN, label: ownLabel },
        ...SCHEDULER_NAMES.map((name) => ({ value: name, label: names(`schedulers.${name}`) })),
      ]}
    />
  );
}

function Precision() {
  const t = useWords("generate");
  const chosen = useForm(({ precision }) => precision);
  return (
    <Select
      label={t("quality.precision")}
      help={<Help about={t("quality.precision")}>{t("quality.precisionHelp")}</Help>}
      value={chosen ?? OWN}
      onChange={(value) =>
        changeForm({ precision: value === "int8" ? value : undefined, isPresetChosen: true })
      }
      options={[
        { value: OWN, label: t("quality.precisionOwn") },
        { value: "int8", label: t("quality.precisionInt8") },
      ]}
    />
  );
}

/**
 * Chooses Fast where nobody has chosen and Exact would take too long here. Gives the seconds Exact
 * would take, where that is why Fast is chosen.
 */
function useFastChoice({ id, summary }: ChosenModel): number | undefined {
  const isUntouched = useForm(({ isLoaded, isPresetChosen }) => isLoaded && !isPresetChosen);
  const own = summary && { steps: summary.steps, width: summary.width, height: summary.height };
  const request = { prompt: "", model: id, ...own };
  const exact = useEstimate(request, summary !== undefined && isUntouched)?.seconds;
  const isTooLong = exact !== undefined && exact > PATIENCE_SECONDS;
  const preset = isTooLong && summary?.isDistilled === false ? "fast" : "exact";
  const isKnown = isUntouched && exact !== undefined;
  useEffect(() => {
    if (isKnown && summary) changeForm(fieldsOf(preset, summary));
  }, [isKnown, preset, summary]);
  return isKnown && preset === "fast" ? exact : undefined;
}
