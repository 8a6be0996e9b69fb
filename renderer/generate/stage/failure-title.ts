import type { RefusalCode } from "../../../engine/contract/errors.ts";
import { type Generation, LOCAL_TARGET } from "../../../engine/contract/generation.ts";

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
  "ENDPOINT_TOKEN_REFUSED",
  "ENDPOINT_CERTIFICATE",
  "ENDPOINT_MODEL_UNKNOWN",
  "ENDPOINT_MOVED",
  "ENDPOINT_UNREACHABLE",
  "ENDPOINT_NOT_SERVED",
  "ENDPOINT_BUSY",
  "ENDPOINT_TIMED_OUT",
  "ENDPOINT_REPLY_INVALID",
  "ENDPOINT_REPLY_BROKEN",
  "ENDPOINT_REPLY_TOO_LARGE",
  "ENDPOINT_PICTURE_INVALID",
  "ENDPOINT_REFUSED",
  "ENDPOINT_FAULT",
  "ENDPOINT_NOT_STARTED",
  "PROXY_FAILED",
  "PROXY_INVALID",
] as const satisfies readonly RefusalCode[];

/** The kinds of failure, as far as they differ in the next step. */
export type FailureTitle =
  | (typeof TITLED)[number]
  | "cancelled"
  | "interrupted"
  | "endpointGone"
  | "model"
  | "other";

export function failureTitle({ state, error, target }: Generation): FailureTitle {
  if (state === "cancelled" || state === "interrupted") return state;
  const code = error?.code ?? "INTERNAL";
  if (code === "NOT_FOUND" && target !== LOCAL_TARGET) return "endpointGone";
  if (OF_MODEL.has(code)) return "model";
  return TITLED.find((titled) => titled === code) ?? "other";
}
