import type { GuidanceInterval } from "../../../engine/contract/presets.ts";
import { SCHEDULER_NAMES } from "../../../engine/contract/schedulers.ts";
import { changeForm, useForm } from "../../state/form.ts";
import { Help } from "../../ui/help.tsx";
import { Select } from "../../ui/select.tsx";
import { Slider } from "../../ui/slider.tsx";
import { formatShare } from "../../words/format.ts";
import { useWords } from "../../words/words.ts";
import type { ChosenModel } from "../chosen-model.ts";
import { type Setting, useChosenTarget } from "../chosen-target.ts";
import { wantedFrom } from "../press/wanted.ts";
import styles from "./form-panel.module.css";
import { Ignorable } from "./ignorable.tsx";
import { PresetRow } from "./preset-row.tsx";

/** The settings of these fields, with the words beside each. */
const LABELS = {
  steps: "quality.steps",
  guidanceScale: "quality.guidance",
  scheduler: "quality.sampler",
  precision: "quality.precision",
  guidanceInterval: "quality.interval",
  cacheInterval: "quality.cache",
} as const satisfies Partial<Record<Setting, string>>;
const QUALITY = [
  "steps",
  "guidanceScale",
  "scheduler",
  "precision",
  "guidanceInterval",
  "cacheInterval",
] as const;

/** How much work goes into the picture: three presets, and what they set. */
export function QualityFields({ model }: { model: ChosenModel }) {
  const t = useWords("generate");
  const form = useForm();
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

/** Where in the run guidance works, to choose from; another that was recalled is offered, too. */
const INTERVALS: readonly GuidanceInterval[] = [
  [0, 0.8],
  [0, 0.6],
];

function Interval({ isDisabled }: { readonly isDisabled: boolean }) {
  const t = useWords("generate");
  const chosen = useForm(({ guidanceInterval }) => guidanceInterval);
  const offered = new Map(INTERVALS.map((interval) => [interval.join(), interval]));
  if (chosen !== undefined) offered.set(chosen.join(), chosen);
  const words = ([from, to]: GuidanceInterval): string =>
    from === 0
      ? t("quality.intervalFirst", { share: formatShare(to) })
      : t("quality.intervalPart", { from: formatShare(from), to: formatShare(to) });
  return (
    <Select
      label={t("quality.interval")}
      isDisabled={isDisabled}
      help={<Help about={t("quality.interval")}>{t("quality.intervalHelp")}</Help>}
      value={chosen?.join() ?? OWN}
      onChange={(value) =>
        changeForm({ guidanceInterval: offered.get(value), isPresetChosen: true })
      }
      options={[
        { value: OWN, label: t("quality.intervalWhole") },
        ...[...offered].map(([value, interval]) => ({ value, label: words(interval) })),
      ]}
    />
  );
}

/** Which steps run the whole network, to choose from; another that was recalled is offered, too. */
const CACHES: readonly number[] = [2, 3];

function FullSteps({ isDisabled }: { readonly isDisabled: boolean }) {
  const t = useWords("generate");
  const chosen = useForm(({ cacheInterval }) => cacheInterval);
  const offered = [...new Set([...CACHES, ...(chosen === undefined ? [] : [chosen])])];
  return (
    <Select
      label={t("quality.cache")}
      isDisabled={isDisabled}
      help={<Help about={t("quality.cache")}>{t("quality.cacheHelp")}</Help>}
      value={String(chosen ?? OWN)}
      onChange={(value) =>
        changeForm({
          cacheInterval: value === OWN ? undefined : Number(value),
          isPresetChosen: true,
        })
      }
      options={[
        { value: OWN, label: t("quality.cacheAll") },
        ...offered.map((steps) => ({
          value: String(steps),
          label: t("quality.cacheOneIn", { steps }),
        })),
      ]}
    />
  );
}
