import type { ModelSummary } from "../../../engine/contract/models.ts";
import type { SchedulerName } from "../../../engine/contract/schedulers.ts";
import type { FormState } from "../../state/form.ts";

export const PRESETS = ["exact", "balanced", "fast"] as const;
export type Preset = (typeof PRESETS)[number];

/** Steps and scheduler; absent is the model's own. */
export interface PresetFields {
  readonly steps: number | undefined;
  readonly scheduler: SchedulerName | undefined;
}

/** Fewer steps than this leave noise, whatever the scheduler. */
const FEWEST_STEPS = 8;

/** Where Exact would take longer than this, Fast is chosen for the person (design/decisions.md, 10b). */
export const PATIENCE_SECONDS = 300;

/**
 * DPM++ 2M gets with half or a quarter of the steps close to where DDIM gets with all. A distilled model has
 * few steps already, and a scheduler that it was made for.
 */
export function fieldsOf(
  preset: Preset,
  { steps, isDistilled }: Pick<ModelSummary, "steps" | "isDistilled">,
): PresetFields {
  if (preset === "exact" || isDistilled) return { steps: undefined, scheduler: undefined };
  const share = preset === "balanced" ? 0.5 : 0.25;
  return { steps: Math.max(FEWEST_STEPS, Math.round(steps * share)), scheduler: "dpm++2m" };
}

/** The preset that the form amounts to; undefined where it was set by hand to something else. */
export function presetOf(
  form: Pick<FormState, "steps" | "scheduler">,
  own: Pick<ModelSummary, "steps" | "scheduler" | "isDistilled">,
): Preset | undefined {
  const steps = form.steps ?? own.steps;
  const scheduler = form.scheduler ?? own.scheduler;
  return PRESETS.find((preset) => {
    const fields = fieldsOf(preset, own);
    return (
      (fields.steps ?? own.steps) === steps && (fields.scheduler ?? own.scheduler) === scheduler
    );
  });
}
