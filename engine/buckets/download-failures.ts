import { dirname } from "node:path";
import { StudioError } from "../contract/errors.ts";
import { diskFull } from "../files/disk-full.ts";
import { isDiskFull, isSystemError, systemCode } from "../files/system-error.ts";

/** The reply ended before the object did. */
export class BrokenOff extends Error {}

/** Whether the object is another one than it was when it was begun. */
export function isChanged(error: unknown): boolean {
  if (!(error instanceof StudioError)) return false;
  return error.code === "BUCKET_REFUSED" && error.details["reason"] === "PreconditionFailed";
}

/** Whether going on may help: the line broke, or the service is busy. */
export function isBroken(error: unknown): boolean {
  if (error instanceof BrokenOff) return true;
  if (error instanceof StudioError) return PASSING.has(error.code);
  return isSystemError(error, "ECONNRESET", "EPIPE", "ETIMEDOUT", "ERR_STREAM_PREMATURE_CLOSE");
}

const PASSING: ReadonlySet<string> = new Set(["BUCKET_BUSY", "BUCKET_UNREACHABLE"]);

/** What a failure is told as: what the disk refuses is about the file. */
export function refusalOf(error: unknown, path: string): unknown {
  if (error instanceof StudioError) return error;
  if (isSystemError(error, "EEXIST")) return new StudioError("OUTPUT_EXISTS", { path });
  if (isDiskFull(error)) return diskFull(dirname(path), 0);
  const reason = systemCode(error);
  return reason === undefined ? error : new StudioError("OUTPUT_UNWRITABLE", { path, reason });
}
