import type { GenerationRequest } from "../../../engine/contract/request.ts";
import type { Preset } from "../../../engine/contract/presets.ts";
import { seedSchema } from "../../../engine/contract/seed.ts";
import type { ModelSummary } from "../../../engine/contract/models.ts";
import type { ChosenTarget } from "../chosen-target.ts";
import type { FormState } from "../../state/form.ts";
import { presetOf, USUAL } from "../form/presets.ts";

/** What the form says with the model's own choices filled in. */
export interface Wanted {
  readonly width: number;
  readonly height: number;
  readonly steps: number;
  readonly guidanceScale: number;
  /** The preset that it amounts to, where it is one. */
  readonly preset?: Preset;
}

/** Until the model is known, Stable Diffusion 2's own numbers stand in. */
const UNKNOWN: Wanted = { width: 768, height: 768, steps: 50, guidanceScale: 7.5 };

export function wantedFrom(form: FormState, summary: ModelSummary | undefined): Wanted {
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

/** Whether a seed is one, or empty for a new one. */
export function isSeed(seed: string): boolean {
  return seed === "" || seedSchema.safeParse(seed).success;
}

/** Where a request goes, and what of it would not be read there. */
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

/** What is asked of an endpoint: all that it reads, and nothing that it does not. */
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

/** Where an endpoint takes presets it sets for its own model what goes with one; a number chosen by hand is no preset's. */
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

/** What is asked of this device. */
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
