import { SCHEDULER_NAMES } from "../../../engine/contract/schedulers.ts";
import { changeForm, useForm, useFormSettings } from "../../state/form.ts";
import { Help } from "../../ui/help.tsx";
import { Select } from "../../ui/select.tsx";
import { Slider } from "../../ui/slider.tsx";
import { useWords } from "../../words/words.ts";
import type { ChosenModel } from "../chosen-model.ts";
import type { Setting } from "../../picture/ignored-settings.ts";
import { useChosenTarget } from "../chosen-target.ts";
import { wantedFrom } from "../press/wanted.ts";
import styles from "./form-panel.module.css";
import { DecoderField, FullSteps, Interval } from "./faster-fields.tsx";
import { Ignorable } from "./ignorable.tsx";
import { PresetRow } from "./preset-row.tsx";

/** The settings of these fields with their labels. */
const LABELS = {
  steps: "quality.steps",
  guidanceScale: "quality.guidance",
  scheduler: "quality.sampler",
  precision: "quality.precision",
  guidanceInterval: "quality.interval",
  cacheInterval: "quality.cache",
  decoder: "quality.decoder",
} as const satisfies Partial<Record<Setting, string>>;
const QUALITY = [
  "steps",
  "guidanceScale",
  "scheduler",
  "precision",
  "guidanceInterval",
  "cacheInterval",
  "decoder",
] as const;

/** The balance of speed and quality: presets, and the settings they change. */
export function QualityFields({ model }: { model: ChosenModel }) {
  const t = useWords("generate");
  const form = useFormSettings();
  const { ignored } = useChosenTarget();
  const unread = QUALITY.filter((setting) => ignored.has(setting));
  const isIgnored = unread.length === QUALITY.length;
  const isOff = (setting: Setting): boolean => !isIgnored && ignored.has(setting);
  const { steps, guidanceScale } = wantedFrom(form, model.summary);
  return (
    <fieldset className={styles.section}>
      <legend className={styles.title}>{t("quality.title")}</legend>
      <Ignorable setting="steps" isIgnored={isIgnored}>
        <PresetRow model={model} />
        {!isIgnored && unread.length > 0 && (
          <p className={styles.hint}>
            {t("target.notSent", { settings: unread.map((name) => t(LABELS[name])).join(", ") })}
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
            isDisabled={isOff("steps")}
            help={<Help about={t("quality.steps")}>{t("quality.stepsHelp")}</Help>}
          />
          <Slider
            label={t("quality.guidance")}
            value={guidanceScale}
            onChange={(value) => changeForm({ guidanceScale: value })}
            minValue={0}
            maxValue={100}
            slideTo={15}
            isDisabled={isOff("guidanceScale")}
            step={0.5}
            help={<Help about={t("quality.guidance")}>{t("quality.guidanceHelp")}</Help>}
          />
        </div>
        <Sampler model={model} isDisabled={isOff("scheduler")} />
        <Precision isDisabled={isOff("precision")} />
        <Interval isDisabled={isOff("guidanceInterval")} />
        <FullSteps isDisabled={isOff("cacheInterval")} />
        <DecoderField model={model.id} isDisabled={isOff("decoder")} />
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

function Precision({ isDisabled }: { readonly isDisabled: boolean }) {
  const t = useWords("generate");
  const chosen = useForm(({ precision }) => precision);
  return (
    <Select
      label={t("quality.precision")}
      isDisabled={isDisabled}
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
