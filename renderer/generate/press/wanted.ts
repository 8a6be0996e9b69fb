import type { GenerationRequest } from "../../../engine/contract/request.ts";
import type { Preset } from "../../../engine/contract/presets.ts";
import { seedSchema } from "../../../engine/contract/seed.ts";
import type { ModelSummary } from "../../../engine/contract/models.ts";
import type { ChosenTarget } from "../chosen-target.ts";
import type { FormSettings, FormState } from "../../state/form.ts";
import { presetOf, USUAL } from "../../state/presets.ts";

/** The form's settings, completed by the model's defaults. */
export interface Wanted {
  readonly width: number;
  readonly height: number;
  readonly steps: number;
  readonly guidanceScale: number;
  /** The preset that they equal, if any. */
  readonly preset?: Preset;
}

/** Stable Diffusion 2's defaults, used until the model is known. */
const UNKNOWN: Wanted = { width: 768, height: 768, steps: 50, guidanceScale: 7.5 };

export function wantedFrom(form: FormSettings, summary: ModelSummary | undefined): Wanted {
  const own = summary ?? UNKNOWN;
  const preset = summary && presetOf(form, summary);
  return {
    ...(preset !== undefined && { preset }),
    width: form.width ?? own.width,
    height: form.height ?? own.height,
    steps: form.steps ?? own.steps,
    guidanceScale: form.guidanceScale ?? own.guidanceScale,
  };
}

/** Whether a seed is valid, or empty for a new one. */
export function isSeed(seed: string): boolean {
  return seed === "" || seedSchema.safeParse(seed).success;
}

/** A request's target, and the settings it ignores. */
export type Receiver = Pick<ChosenTarget, "id" | "ignored">;

const READ = [
  "negativePrompt",
  "steps",
  "guidanceScale",
  "scheduler",
  "seed",
  "preset",
  "precision",
  "guidanceInterval",
  "cacheInterval",
  "decoder",
] as const;

/** The request for an endpoint: only the settings that it uses. */
export function endpointRequest(
  form: FormState,
  wanted: Wanted,
  { id, ignored }: Receiver,
): GenerationRequest {
  const { prompt, count, styles } = form;
  const { width, height } = wanted;
  const seed = form.seed === "" ? undefined : form.seed;
  const chosen = { ...form, ...wanted, seed, ...presetAt(form, ignored) };
  const read = READ.flatMap((name) =>
    ignored.has(name) || chosen[name] === undefined ? [] : [[name, chosen[name]] as const],
  );
  const size = ignored.has("size") ? {} : { width, height };
  const around = styles.length > 0 && { styles: [...styles] };
  return { target: id, prompt, count, ...around, ...size, ...Object.fromEntries(read) };
}

/**
 * If an endpoint accepts presets, it applies the preset's settings for its own model; a number set by hand belongs to
 * no preset.
 */
function presetAt(form: FormState, ignored: Receiver["ignored"]) {
  const preset = ignored.has("preset") ? undefined : presetOf(form, USUAL);
  if (preset === undefined) return { preset };
  const { guidanceScale } = form;
  const left = {
    steps: undefined,
    scheduler: undefined,
    precision: undefined,
    cacheInterval: undefined,
  };
  return { preset, guidanceScale, ...left };
}

/** The request for this device. */
export function requestFrom(form: FormState, model: string, wanted: Wanted): GenerationRequest {
  const { prompt, negativePrompt, scheduler, precision, guidanceInterval, cacheInterval } = form;
  const { decoder, seed, count, initImage, strength, resizeMode, styles } = form;
  return {
    ...wanted,
    prompt,
    negativePrompt,
    count,
    model,
    ...(scheduler !== undefined && { scheduler }),
    ...(precision !== undefined && { precision }),
    ...(guidanceInterval !== undefined && { guidanceInterval }),
    ...(cacheInterval !== undefined && { cacheInterval }),
    ...(decoder !== undefined && { decoder }),
    ...(styles.length > 0 && { styles: [...styles] }),
    ...(seed !== "" && { seed }),
    ...(initImage !== undefined && { initImageId: initImage.id, strength, resizeMode }),
  };
}
