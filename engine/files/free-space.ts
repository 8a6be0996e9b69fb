import { statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { isAbsent, isSystemError } from "./system-error.ts";

export interface DiskSpace {
  /** Bytes that this user can still write. */
  readonly free: number;
  readonly total: number;
}

/** The space on the disk of `path`, which need not exist yet; if it cannot be read, that of the folder above. */
export async function diskSpace(path: string): Promise<DiskSpace> {
  try {
    const { bsize, bavail, blocks } = await statfs(path);
    return { free: bsize * bavail, total: bsize * blocks };
  } catch (error) {
    const parent = dirname(path);
    if (parent === path || !(isAbsent(error) || isSystemError(error, "EACCES"))) throw error;
    return diskSpace(parent);
  }
}
