import { StudioError } from "../../contract/errors.ts";
import type { Parameters } from "../../kserve/wire/wire-tensor.ts";

const MICROSECONDS = 1_000_000;

/**
 * Seconds that a request gives itself: its parameter `timeout`, in microseconds as Triton has it; 0 is
 * none. Throws REQUEST_INVALID.
 */
export function timeLimitOf(parameters: Parameters): number | undefined {
  const value = parameters.get("timeout");
  if (value === undefined) return undefined;
  const timeout = typeof value === "boolean" || value === "" ? Number.NaN : Number(value);
  if (Number.isFinite(timeout) && timeout >= 0)
    return timeout === 0 ? undefined : timeout / MICROSECONDS;
  const reason = "it is a number of microseconds";
  throw new StudioError("REQUEST_INVALID", {
    field: "timeout",
    value: JSON.stringify(value),
    reason,
  });
}
