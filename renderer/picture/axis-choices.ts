import { useQuery } from "@tanstack/react-query";
import type { Axis, AxisSetting } from "../../engine/contract/grid.ts";
import { PRESETS } from "../../engine/contract/presets.ts";
import { SCHEDULER_NAMES } from "../../engine/contract/schedulers.ts";
import { useStudio } from "../connection/studio.tsx";
import { formatShare } from "../words/format.ts";
import { useWords } from "../words/words.ts";
import { CACHES, INTERVALS } from "./faster-values.ts";

/** A value of an axis, and its name as the form shows it. */
export interface AxisChoice {
  readonly value: string;
  readonly label: string;
}

export type AxisChoices = Readonly<Partial<Record<AxisSetting, readonly AxisChoice[]>>>;

/** The settings whose values have names, with all their values. */
export function useAxisChoices(): AxisChoices {
  const t = useWords("generate");
  const names = useWords("picture");
  const { queries } = useStudio();
  const { data: models = [] } = useQuery(queries.models.list.queryOptions());
  const { data: styles = [] } = useQuery(queries.styles.list.queryOptions());
  return {
    sampler: SCHEDULER_NAMES.map((value) => ({ value, label: names(`schedulers.${value}`) })),
    preset: PRESETS.map((value) => ({ value, label: t(`quality.${value}`) })),
    model: models.map(({ id, summary }) => ({ value: id, label: summary?.name ?? id })),
    precision: [
      { value: "auto", label: t("quality.precisionOwn") },
      { value: "int8", label: t("quality.precisionInt8") },
    ],
    decoder: [
      { value: "own", label: t("quality.decoderOwn") },
      { value: "tiny", label: t("quality.decoderTiny") },
    ],
    "guidance-interval": [
      { value: "0-1", label: t("quality.intervalWhole") },
      ...INTERVALS.map(([from, to]) => ({
        value: `${from}-${to}`,
        label: t("quality.intervalFirst", { share: formatShare(to) }),
      })),
    ],
    "cache-interval": [
      { value: "1", label: t("quality.cacheAll") },
      ...CACHES.map((steps) => ({
        value: String(steps),
        label: t("quality.cacheOneIn", { steps }),
      })),
    ],
    style: [
      { value: "none", label: t("grid.noStyle") },
      ...styles.map(({ name }) => ({ value: name, label: name })),
    ],
  };
}

/** The text of an axis: its setting and a value as the form names them, such as `Steps 10`; or all of its values. */
export function useAxisText(): (axis: Axis, at?: number) => string {
  const t = useWords("generate");
  const choices = useAxisChoices();
  return ({ setting, values }, at) => {
    const shown = (at === undefined ? values : values.slice(at, at + 1)).map(
      (value) => choices[setting]?.find((choice) => choice.value === value)?.label ?? value,
    );
    return `${t(`grid.settings.${setting}`)} ${shown.join(", ")}`;
  };
}

/** Typed values, with the names of choices replaced by their values, in any case; other texts stay. */
export function chosenValues(
  typed: readonly string[],
  choices: readonly AxisChoice[] = [],
): readonly string[] {
  const valueOf = (text: string): string => {
    const sought = text.toLowerCase();
    const choice =
      choices.find(({ value }) => value === text) ??
      choices.find(({ value, label }) =>
        [value, label].some((one) => one.toLowerCase() === sought),
      );
    return choice?.value ?? text;
  };
  return typed.map(valueOf);
}

/** What a picked choice adds to the text: its name, or its value if another choice has the same name. */
export function nameOf(choices: readonly AxisChoice[], at: number): string {
  const { value, label } = choices[at] ?? { value: "", label: "" };
  return choices.filter((choice) => choice.label === label).length === 1 ? label : value;
}

/** The text of a values field with one more name; a name with a comma or a quote is quoted. */
export function withName(text: string, name: string): string {
  const added = /[",]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name;
  const before = text.trim().replace(/,$/, "");
  return before === "" ? added : `${before}, ${added}`;
}
