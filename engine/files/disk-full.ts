import { StudioError } from "../contract/errors.ts";
import { diskSpace } from "./free-space.ts";
import { isDiskFull } from "./system-error.ts";

/** Bytes an ordinary user can still write in a folder; tests have others. */
export type FreeBytes = (folder: string) => Promise<number>;

/** Endless where the file system (sshfs, some NFS) says of itself that it has no size, which means that it is unknown. */
export async function freeBytes(folder: string): Promise<number> {
  const { free, total } = await diskSpace(folder);
  return total === 0 ? Infinity : free;
}

/** Refuses as DISK_FULL before anything of `needed` bytes is written into a folder that lacks them. */
export async function demandSpace(
  folder: string,
  needed: number,
  free: FreeBytes = freeBytes,
): Promise<void> {
  const there = await free(folder);
  if (there < needed) throw diskFull(folder, needed, there);
}

/** The refusal of a write of `needed` bytes for lack of space; `free` where it is known. */
export function diskFull(folder: string, needed: number, free?: number): StudioError {
  const shortage = free === undefined ? "" : `, but only ${formatBytes(free)} are free`;
  return new StudioError("DISK_FULL", { path: folder, needed: formatBytes(needed) + shortage });
}

/** Does what writes `needed` bytes into a folder; where the room ends meanwhile, refuses as DISK_FULL. */
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

/** Tells a person of a disk that was full when the studio started in `folder`. Whoever meets it says the same. */
export function diskFullNotice(folder: string): string {
  return `The disk with ${folder} is full. You can look at everything and move pictures to the trash, but nothing new can be saved. Free some space.`;
}

/** 3.5 GB; decimal units, as disks and downloads are sold. */
export function formatBytes(bytes: number): string {
  const units = ["bytes", "kB", "MB", "GB", "TB"];
  const power = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), units.length - 1);
  const amount = bytes / 1000 ** power;
  return `${amount.toFixed(power === 0 || amount >= 100 ? 0 : 1)} ${units[power] ?? ""}`;
}
