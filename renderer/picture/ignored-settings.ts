import type { Endpoint } from "../../engine/contract/endpoints.ts";
import { TRIED_SETTINGS, usesSetting } from "../../engine/contract/setting-trial.ts";

/** A setting of the form, by the names of the inputs that carry it. */
const INPUTS = {
  negativePrompt: ["negative_prompt"],
  size: ["width", "height"],
  steps: ["num_inference_steps", "steps"],
  guidanceScale: ["guidance_scale"],
  scheduler: ["scheduler"],
  seed: ["seed"],
  preset: ["preset"],
  precision: ["precision"],
  guidanceInterval: ["guidance_interval"],
  cacheInterval: ["cache_interval"],
  decoder: ["decoder"],
} as const satisfies Record<string, readonly string[]>;
export type Setting = keyof typeof INPUTS;

const COMMON: readonly Setting[] = [
  "negativePrompt",
  "size",
  "steps",
  "guidanceScale",
  "scheduler",
  "seed",
];
/** Those that Darkroom alone has: sent only to an endpoint that declares them. */
const OWN: readonly Setting[] = [
  "preset",
  "precision",
  "guidanceInterval",
  "cacheInterval",
  "decoder",
];
const ALL = [...COMMON, ...OWN];
const NONE: ReadonlySet<Setting> = new Set();

/**
 * What an endpoint does not read: everything but the prompt, or what its metadata does not declare. One
 * that declares nothing is trusted to read all that is common.
 */
export function ignoredBy(endpoint: Endpoint | undefined): ReadonlySet<Setting> {
  if (endpoint === undefined) return NONE;
  if (endpoint.profile === "prompt") return new Set(ALL);
  return new Set(ALL.filter((setting) => !reads(endpoint, setting)));
}

/** As its pictures told, else as its metadata declares. */
function reads(endpoint: Endpoint, setting: Setting): boolean {
  const tried = TRIED_SETTINGS.find((one) => one === setting);
  const isUsed = tried && usesSetting(endpoint, tried);
  if (isUsed !== undefined) return isUsed;
  const declared: readonly string[] = endpoint.check?.inputs ?? [];
  if (declared.length === 0) return !OWN.includes(setting);
  return INPUTS[setting].some((name) => declared.includes(name));
}
