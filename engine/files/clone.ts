import { constants } from "node:fs";
import { chmod, copyFile } from "node:fs/promises";

/** Makes `target` a copy-on-write clone of `source`; false if the file system cannot. */
export async function clone(source: string, target: string): Promise<boolean> {
  try {
    await copyFile(source, target, constants.COPYFILE_FICLONE_FORCE);
    await chmod(target, 0o644);
    return true;
  } catch {
    return false;
  }
}
