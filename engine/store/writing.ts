import { StudioError } from "../contract/errors.ts";
import { diskFull } from "../files/disk-full.ts";
import { isDiskFull, systemCode } from "../files/system-error.ts";

/** What a failed write into the cache is to be called; the error itself where it has no name. */
export function writeFailure(folder: string, needed: number, cause: unknown): unknown {
  const code = systemCode(cause) ?? "";
  if (isDiskFull(cause)) return diskFull(folder, needed);
  if (!["EACCES", "EEXIST", "ENOTDIR", "EPERM", "EROFS"].includes(code)) return cause;
  return new StudioError("CACHE_UNWRITABLE", { path: folder, reason: code }, { cause });
}
