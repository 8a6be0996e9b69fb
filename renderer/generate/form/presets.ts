import type { ModelSummary } from "../../../engine/contract/models.ts";
import type { SchedulerName } from "../../../engine/contract/schedulers.ts";
import type { FormState } from "../../state/form.ts";

export const PRESETS = ["exact", "balanced", "fast"] as const;
export type Preset = (typeof PRESETS)[number];

/** Steps and scheduler, absent where they are the model's own; precision, absent where it is the device's own. */
export interface PresetFields {
  readonly steps: number | undefined;
  readonly scheduler: SchedulerName | undefined;
  readonly precision: "int8" | undefined;
}

const OWN: PresetFields = { steps: undefined, scheduler: undefined, precision: undefined };

/** Fewer steps than this leave noise, whatever the scheduler. */
const FEWEST_STEPS = 8;

/** Where Exact would take longer than this, Fast is chosen for the person (design/decisions.md, 10b). */
export const PATIENCE_SECONDS = 300;

/**
 * DPM++ 2M gets with half or a quarter of the steps close to where DDIM gets with all. A distilled model has
 * few steps already, and a scheduler that it was made for. int8 halves a step's time on a CPU; a GPU ignores it.
 */
export function fieldsOf(
  preset: Preset,
  { steps, isDistilled }: Pick<ModelSummary, "steps" | "isDistilled">,
): PresetFields {
  if (preset === "exact" || isDistilled) return OWN;
  const share = preset === "balanced" ? 0.5 : 0.25;
  const fewer = Math.max(FEWEST_STEPS, Math.round(steps * share));
  return { steps: fewer, scheduler: "dpm++2m", precision: "int8" };
}

/** The preset that the form amounts to; undefined where it was set by hand to something else. */
export function presetOf(
  form: Pick<FormState, "steps" | "scheduler" | "precision">,
  own: Pick<ModelSummary, "steps" | "scheduler" | "isDistilled">,
): Preset | undefined {
  const steps = form.steps ?? own.steps;
  const scheduler = form.scheduler ?? own.scheduler;
  return PRESETS.find((preset) => {
    const fields = fieldsOf(preset, own);
    return (
      (fields.steps ?? own.steps) === steps &&
      (fields.scheduler ?? own.scheduler) === scheduler &&
      fields.precision === form.precision
    );
  });
}
