import { dirname } from "node:path";
import { StudioError } from "../contract/errors.ts";
import { diskFull } from "../files/disk-full.ts";
import { isDiskFull, systemCode } from "../files/system-error.ts";

/** The refusal for an error with a picture's file; errors other than the disk's are returned unchanged. */
export function refusalOf(error: unknown, path: string, sizeBytes: number): unknown {
  if (error instanceof StudioError || !(error instanceof Error)) return error;
  if (isDiskFull(error)) return diskFull(dirname(path), sizeBytes);
  if (!("syscall" in error)) return error;
  const code = systemCode(error) ?? "";
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
