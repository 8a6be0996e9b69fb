import { StudioError } from "../contract/errors.ts";
import { diskSpace } from "./free-space.ts";
import { isDiskFull } from "./system-error.ts";

/** Bytes that an ordinary user can still write in a folder; replaced in tests. */
export type FreeBytes = (folder: string) => Promise<number>;

/** Infinite if the file system (sshfs, some NFS) reports a size of zero, which means that it is unknown. */
export async function freeBytes(folder: string): Promise<number> {
  const { free, total } = await diskSpace(folder);
  return total === 0 ? Infinity : free;
}

/** Refuses as DISK_FULL, before writing, if a folder lacks space for `needed` bytes. */
export async function demandSpace(
  folder: string,
  needed: number,
  free: FreeBytes = freeBytes,
): Promise<void> {
  const there = await free(folder);
  if (there < needed) throw diskFull(folder, needed, there);
}

/** The refusal of a write of `needed` bytes for lack of space; `free` if it is known. */
export function diskFull(folder: string, needed: number, free?: number): StudioError {
  const shortage = free === undefined ? "" : `, but only ${formatBytes(free)} are free`;
  return new StudioError("DISK_FULL", { path: folder, needed: formatBytes(needed) + shortage });
}

/** Runs work that writes `needed` bytes into a folder; if space runs out, refuses as DISK_FULL. */
export async function orDiskFull<T>(
  folder: string,
  needed: number,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof StudioError || !isDiskFull(error)) throw error;
    throw diskFull(folder, needed);
  }
}

/** The notice about a disk that was full when the studio started in `folder`, the same wherever it was detected. */
export function diskFullNotice(folder: string): string {
  return `The disk with ${folder} is full. You can look at everything and move pictures to the trash, but nothing new can be saved. Free some space.`;
}

/** As in 3.5 GB: decimal units, like disks and downloads are sold in. */
export function formatBytes(bytes: number): string {
  const units = ["bytes", "kB", "MB", "GB", "TB"];
  const power = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), units.length - 1);
  const amount = bytes / 1000 ** power;
  return `${amount.toFixed(power === 0 || amount >= 100 ? 0 : 1)} ${units[power] ?? ""}`;
}
