import type { RefusalCode } from "../../engine/contract/errors.ts";
import type { Generation } from "../../engine/contract/generation.ts";

const OF_MODEL: ReadonlySet<RefusalCode> = new Set([
  "SNAPSHOT_NOT_FOUND",
  "SNAPSHOT_INCOMPLETE",
  "SNAPSHOT_UNSUPPORTED",
  "CONFIG_INVALID",
  "PICKLE_REFUSED",
  "SAFETENSORS_INVALID",
  "WEIGHT_MISSING",
  "WEIGHT_MISMATCH",
  "TOKENIZER_INVALID",
  "NOT_FOUND",
]);

const TITLED = [
  "OUT_OF_MEMORY",
  "NOT_FINITE",
  "INFERENCE_CRASHED",
  "DISK_FULL",
  "OUTPUT_UNWRITABLE",
  "DEVICE_UNAVAILABLE",
] as const satisfies readonly RefusalCode[];

/** What happened to a picture, as far as the next step depends on it. */
export type FailureTitle =
  | (typeof TITLED)[number]
  | "cancelled"
  | "interrupted"
  | "model"
  | "other";

export function failureTitle({ state, error }: Generation): FailureTitle {
  if (state === "cancelled" || state === "interrupted") return state;
  const code = error?.code ?? "INTERNAL";
  if (OF_MODEL.has(code)) return "model";
  return TITLED.find((titled) => titled === code) ?? "other";
}
