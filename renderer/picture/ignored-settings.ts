import { TRIED_SETTINGS, usesSetting } from "../../engine/contract/setting-trial.ts";
import type { KnownEndpoint } from "../state/endpoints.ts";

/** Settings of the form with the names of the inputs that carry them. */
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
/** Settings that only Darkroom has; they are sent only to an endpoint that declares them. */
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
 * The settings that an endpoint ignores: all but the prompt, or those that its metadata does not declare. An endpoint
 * that declares nothing is assumed to use all common settings.
 */
export function ignoredBy(endpoint: KnownEndpoint | undefined): ReadonlySet<Setting> {
  if (endpoint === undefined) return NONE;
  if (endpoint.profile === "prompt") return new Set(ALL);
  return new Set(ALL.filter((setting) => !reads(endpoint, setting)));
}

/** As test pictures showed; otherwise as its metadata declares. */
function reads(endpoint: KnownEndpoint, setting: Setting): boolean {
  const tried = TRIED_SETTINGS.find((one) => one === setting);
  const isUsed = tried && usesSetting(endpoint, tried);
  if (isUsed !== undefined) return isUsed;
  const declared: readonly string[] = endpoint.check?.inputs ?? [];
  if (declared.length === 0) return !OWN.includes(setting);
  return INPUTS[setting].some((name) => declared.includes(name));
}
