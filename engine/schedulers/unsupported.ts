import { StudioError } from "../contract/errors.ts";

/** A SCHEDULER_UNSUPPORTED refusal: what was asked for is sound, but no scheduler here can do it. */
export function unsupported(reason: string): StudioError {
  return new StudioError("SCHEDULER_UNSUPPORTED", { reason });
}
