import { useMemo } from "react";
import type { Endpoint } from "../../engine/contract/endpoints.ts";
import { LOCAL_TARGET } from "../../engine/contract/generation.ts";
import { useEndpoints } from "../picture/targets.ts";
import { useForm } from "../state/form.ts";

/** Where the next picture is drawn. */
export interface ChosenTarget {
  readonly id: string;
  readonly isRemote: boolean;
  /** Undefined on this device, and where the endpoint is gone or not known yet. */
  readonly endpoint: Endpoint | undefined;
  /** Every endpoint; undefined until they are known. */
  readonly all: readonly Endpoint[] | undefined;
  /** What of the form it does not read. */
  readonly ignored: ReadonlySet<Setting>;
}

export function useChosenTarget(): ChosenTarget {
  const id = useForm(({ target }) => target);
  const all = useEndpoints();
  return useMemo(() => {
    const endpoint = all?.find((one) => one.id === id);
    return { id, isRemote: id !== LOCAL_TARGET, endpoint, all, ignored: ignoredBy(endpoint) };
  }, [id, all]);
}

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
const OWN: readonly Setting[] = ["preset", "precision", "guidanceInterval", "cacheInterval"];
const ALL = [...COMMON, ...OWN];
const NONE: ReadonlySet<Setting> = new Set();

/**
 * What an endpoint does not read: everything but the prompt, or what its metadata does not declare. One
 * that declares nothing is trusted to read all that is common.
 */
export function ignoredBy(endpoint: Endpoint | undefined): ReadonlySet<Setting> {
  if (endpoint === undefined) return NONE;
  if (endpoint.profile === "prompt") return new Set(ALL);
  const declared: readonly string[] = endpoint.check?.inputs ?? [];
  if (declared.length === 0) return new Set(OWN);
  return new Set(ALL.filter((setting) => !INPUTS[setting].some((name) => declared.includes(name))));
}
