import { stat } from "node:fs/promises";

import { StudioError } from "../contract/errors.ts";
import { isDiskFull, isSystemError } from "../files/system-error.ts";

/** So many bytes are about to be written below `folder`. */
export interface SpaceNeed {
  readonly folder: string;
  readonly bytes: number;
}

/**
 * Refuses with DISK_FULL when a disk lacks the room for what will be written to it; needs on one
 * disk add up. `freeBytes` answers for the disk a folder is on.
 */
export async function ensureSpace(
  needs: readonly SpaceNeed[],
  freeBytes: (folder: string) => Promise<number>,
): Promise<void> {
  const disks = new Map<number, SpaceNeed>();
  for (const { folder, bytes } of needs) {
    const { dev } = await stat(folder);
    disks.set(dev, { folder, bytes: bytes + (disks.get(dev)?.bytes ?? 0) });
  }
  for (const { folder, bytes } of disks.values()) {
    if ((await freeBytes(folder)) < bytes) throw diskFull(folder, bytes);
  }
}

/**
 * Runs work that writes below `folder`. A full disk becomes DISK_FULL, a folder that may not be
 * written becomes CUDA_UNSUPPORTED with the folder's name; anything else passes as it is.
 */
export async function writingTo<T>(need: SpaceNeed, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isDiskFull(error)) throw diskFull(need.folder, need.bytes, error);
    if (isSystemError(error, "EACCES", "EPERM", "EROFS")) {
      const reason = `${need.folder} may not be written to`;
      throw new StudioError("CUDA_UNSUPPORTED", { reason }, { cause: error });
    }
    throw error;
  }
}

function diskFull(path: string, bytes: number, cause?: unknown): StudioError {
  const needed = `${Math.ceil(bytes / 1_000_000)} MB`;
  return new StudioError("DISK_FULL", { path, needed }, { cause });
}
