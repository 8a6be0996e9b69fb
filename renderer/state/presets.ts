import type { ModelSummary } from "../../engine/contract/models.ts";
import {
  PATIENCE_SECONDS,
  type Preset,
  presetSettings,
  PRESETS,
} from "../../engine/contract/presets.ts";
import type { SchedulerName } from "../../engine/contract/schedulers.ts";
import type { FormFields, FormState } from "./form.ts";

/** The form's fields that a preset sets: undefined means the model's or the device's default. */
export interface PresetFields {
  readonly steps: number | undefined;
  readonly scheduler: SchedulerName | undefined;
  readonly precision: "int8" | undefined;
  readonly cacheInterval: number | undefined;
  /** No preset sets it: guidance is applied from the first step to the last. */
  readonly guidanceInterval: undefined;
}

export type Own = Pick<ModelSummary, "steps" | "scheduler" | "isDistilled">;

/** Used for an unknown model, such as an endpoint's. */
export const USUAL: Own = { steps: 50, scheduler: undefined, isDistilled: false };

export function fieldsOf(preset: Preset, own: Own): PresetFields {
  const { steps, scheduler, precision, cacheInterval } = presetSettings(preset, own);
  return { steps, scheduler, precision, cacheInterval, guidanceInterval: undefined };
}

/**
 * The presets that make a difference for a model: for a distilled one only the precision differs, and on a GPU not even
 * that.
 */
export function presetsFor(own: Own, hasInt8: boolean): readonly Preset[] {
  const seen = new Set<string>();
  return PRESETS.filter((preset) => {
    const { precision, ...rest } = fieldsOf(preset, own);
    const key = JSON.stringify(hasInt8 ? { ...rest, precision } : rest);
    return !seen.has(key) && seen.add(key);
  });
}

/** The preset that the form equals; undefined if its fields were set to something else. */
export function presetOf(form: Pick<FormState, keyof PresetFields>, own: Own): Preset | undefined {
  return PRESETS.find((preset) => {
    const { steps, scheduler, precision, cacheInterval, guidanceInterval } = fieldsOf(preset, own);
    return (
      (steps ?? own.steps) === (form.steps ?? own.steps) &&
      (scheduler ?? own.scheduler) === (form.scheduler ?? own.scheduler) &&
      precision === form.precision &&
      cacheInterval === form.cacheInterval &&
      guidanceInterval === form.guidanceInterval
    );
  });
}

/** Seconds a picture by preset, as far as they are known. */
export type PresetSeconds = Readonly<Partial<Record<Preset, number>>>;

/** The most accurate preset within the accepted time, otherwise the fastest; undefined while the times are unknown. */
export function presetWithin(
  offered: readonly Preset[],
  seconds: PresetSeconds,
): Preset | undefined {
  for (const preset of offered) {
    const expected = seconds[preset];
    if (expected === undefined) return undefined;
    if (expected <= PATIENCE_SECONDS) return preset;
  }
  return offered.at(-1);
}

/** The settings that a model recommends, unset: one model's recommendations do not apply to another. */
export const OWN_SETTINGS = {
  width: undefined,
  height: undefined,
  steps: undefined,
  guidanceScale: undefined,
  scheduler: undefined,
  precision: undefined,
  guidanceInterval: undefined,
  cacheInterval: undefined,
  decoder: undefined,
  isPresetChosen: false,
} as const satisfies FormFields;

/** The recommended settings with a new seed for one picture: everything but the prompts and the start image. */
export const RESET = { ...OWN_SETTINGS, seed: "", count: 1 } as const satisfies FormFields;

/** The present values of what a reset changes. */
export function resettable(form: FormFields): FormFields {
  const changed = Object.entries(form).filter(([name]) => Object.hasOwn(RESET, name));
  return { ...RESET, ...Object.fromEntries(changed) };
}

/** Whether a reset would change nothing. */
export function isReset(form: FormFields): boolean {
  const now: Readonly<Record<string, unknown>> = form;
  return Object.entries(RESET).every(([name, value]) => now[name] === value);
}
