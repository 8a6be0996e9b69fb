import { expect } from "vitest";
import type { Details, RefusalCode } from "../../engine/contract/errors.ts";

/** Matches a refusal by its code and, if given, all of its details. */
export function refusal(code: RefusalCode, details?: Details): unknown {
  return expect.objectContaining({ code, ...(details && { details }) });
}
