import { dirname } from "node:path";
import { StudioError } from "../contract/errors.ts";
import { diskFull, isDiskFull } from "../files/disk-full.ts";

/** SQLite's way of saying that the disk is full: SQLITE_FULL, and SQLITE_IOERR_WRITE where a limit of the process is met. */
const SQLITE_FULL: ReadonlySet<number> = new Set([13, 778]);

/** What went wrong with a picture's file as a refusal; what is none of the disk's doing stays as it is. */
export function refusalOf(error: unknown, path: string, sizeBytes: number): unknown {
  if (error instanceof StudioError || !(error instanceof Error)) return error;
  const errcode = "errcode" in error ? Number(error.errcode) : 0;
  if (isDiskFull(error) || SQLITE_FULL.has(errcode)) return diskFull(dirname(path), sizeBytes);
  if (!("syscall" in error)) return error;
  const code = "code" in error ? String(error.code) : "";
  return new StudioError("OUTPUT_UNWRITABLE", { path, reason: inWords(code) }, { cause: error });
}

const WORDS: Readonly<Record<string, string>> = {
  EACCES: "this user may not write there",
  EPERM: "this user may not write there",
  EROFS: "it is read-only",
  ENOENT: "its folder does not exist",
  ENOTDIR: "a file is in the place of its folder",
  ENAMETOOLONG: "its name is too long",
};

function inWords(code: string): string {
  return WORDS[code] ?? code;
}

/** Whether a call failed because there is no such file. */
export function isAbsent(error: unknown): boolean {
  return hasCode(error, "ENOENT") || hasCode(error, "ENOTDIR");
}

/** Whether a call of the system failed for this reason. */
export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
