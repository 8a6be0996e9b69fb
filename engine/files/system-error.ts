import { StudioError } from "../contract/errors.ts";

/**
 * The name of what went wrong in a call of the system or of Node: ENOENT, EACCES, ERR_STREAM_…;
 * undefined where an error has none. A refusal of ours has a code of another kind, and gives undefined.
 */
export function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || error instanceof StudioError || !("code" in error)) {
    return undefined;
  }
  return typeof error.code === "string" ? error.code : undefined;
}

/** Whether a call failed for one of these reasons. */
export function isSystemError(error: unknown, ...codes: readonly string[]): boolean {
  const code = systemCode(error);
  return code !== undefined && codes.includes(code);
}

/** Whether a call failed because there is no such file. */
export function isAbsent(error: unknown): boolean {
  return isSystemError(error, "ENOENT", "ENOTDIR");
}

/**
 * SQLite's result code, https://www.sqlite.org/rescode.html, of an error of node:sqlite; the extended
 * one, whose low byte is the primary one. Undefined where it is no error of SQLite's.
 */
export function sqliteCode(error: unknown): number | undefined {
  const code = error instanceof Error && "errcode" in error ? error.errcode : undefined;
  return typeof code === "number" ? code : undefined;
}

/** SQLITE_FULL, and SQLITE_IOERR_WRITE, which stands for a limit on the size of the process's files. */
const SQLITE_FULL: ReadonlySet<number | undefined> = new Set([13, 778]);

/**
 * Whether a write failed for lack of space, or was refused for it; EFBIG is a limit of the process, and no
 * more fits either way.
 */
export function isDiskFull(error: unknown): boolean {
  if (error instanceof StudioError) return error.code === "DISK_FULL";
  return isSystemError(error, "ENOSPC", "EDQUOT", "EFBIG") || SQLITE_FULL.has(sqliteCode(error));
}
