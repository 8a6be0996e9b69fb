import { statfs } from "node:fs/promises";
import { StudioError } from "../contract/errors.ts";
import { systemCode } from "./reading.ts";

/** Bytes an ordinary user can still write in a folder. */
export async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

/** The refusal of a write of `needed` bytes for lack of space; `free` where it is known. */
export function diskFull(folder: string, needed: number, free?: number): StudioError {
  const shortage = free === undefined ? "" : `, but only ${formatBytes(free)} are free`;
  return new StudioError("DISK_FULL", { path: folder, needed: formatBytes(needed) + shortage });
}

/** What a failed write into the cache is to be called; the error itself where it has no name. */
export function writeFailure(folder: string, needed: number, cause: unknown): unknown {
  const code = systemCode(cause) ?? "";
  if (["ENOSPC", "EDQUOT"].includes(code)) return diskFull(folder, needed);
  if (!["EACCES", "EEXIST", "ENOTDIR", "EPERM", "EROFS"].includes(code)) return cause;
  return new StudioError("CACHE_UNWRITABLE", { path: folder, reason: code }, { cause });
}

/** 3.5 GB; decimal units, as disks and downloads are sold. */
export function formatBytes(bytes: number): string {
  const units = ["bytes", "kB", "MB", "GB", "TB"];
  const power = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), units.length - 1);
  const amount = bytes / 1000 ** power;
  return `${amount.toFixed(power === 0 || amount >= 100 ? 0 : 1)} ${units[power] ?? ""}`;
}
