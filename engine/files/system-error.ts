import { StudioError } from "../contract/errors.ts";

/**
 * The code of a system or Node error: ENOENT, EACCES, ERR_STREAM_…; undefined if an error has none. Our own errors have
 * codes of another kind and give undefined.
 */
export function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || error instanceof StudioError || !("code" in error)) {
    return undefined;
  }
  return typeof error.code === "string" ? error.code : undefined;
}

/** Whether a call failed with one of these codes. */
export function isSystemError(error: unknown, ...codes: readonly string[]): boolean {
  const code = systemCode(error);
  return code !== undefined && codes.includes(code);
}

/** Whether a call failed because the file does not exist. */
export function isAbsent(error: unknown): boolean {
  return isSystemError(error, "ENOENT", "ENOTDIR");
}

/**
 * The primary SQLite result code, https://www.sqlite.org/rescode.html, of an error of node:sqlite. Undefined for other
 * errors.
 */
export function sqliteCode(error: unknown): number | undefined {
  const code = error instanceof Error && "errcode" in error ? error.errcode : undefined;
  return typeof code === "number" ? code : undefined;
}

/** SQLITE_FULL, and SQLITE_IOERR_WRITE, which a limit on the process's file size causes. */
const SQLITE_FULL: ReadonlySet<number | undefined> = new Set([13, 778]);

/**
 * Whether a write failed for lack of space. EFBIG counts: it is a limit of the process, and nothing more can be written
 * either.
 */
export function isDiskFull(error: unknown): boolean {
  if (error instanceof StudioError) return error.code === "DISK_FULL";
  return isSystemError(error, "ENOSPC", "EDQUOT", "EFBIG") || SQLITE_FULL.has(sqliteCode(error));
}
