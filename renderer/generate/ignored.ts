import type { Endpoint } from "../../engine/contract/endpoints.ts";

/** A setting of the form, by the names of the inputs that carry it. */
const INPUTS = {
  negativePrompt: ["negative_prompt"],
  size: ["width", "height"],
  steps: ["num_inference_steps", "steps"],
  guidanceScale: ["guidance_scale"],
  scheduler: ["scheduler"],
  seed: ["seed"],
} as const satisfies Record<string, readonly string[]>;
export type Setting = keyof typeof INPUTS;

const ALL: readonly Setting[] = [
  "negativePrompt",
  "size",
  "steps",
  "guidanceScale",
  "scheduler",
  "seed",
];
const NONE: ReadonlySet<Setting> = new Set();

/**
 * What an endpoint does not read: everything but the prompt, or what its metadata does not declare. One
 * that declares nothing is trusted to read all it is sent.
 */
export function ignoredBy(endpoint: Endpoint | undefined): ReadonlySet<Setting> {
  if (endpoint === undefined) return NONE;
  if (endpoint.profile === "prompt") return new Set(ALL);
  const declared: readonly string[] = endpoint.check?.inputs ?? [];
  if (declared.length === 0) return NONE;
  return new Set(ALL.filter((setting) => !INPUTS[setting].some((name) => declared.includes(name))));
}
