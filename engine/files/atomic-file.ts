import { randomUUID } from "node:crypto";
import { link, lstat, mkdir, open, rename, rm, stat, type FileHandle } from "node:fs/promises";
import { dirname } from "node:path";
import { isAbsent, isDiskFull, isSystemError } from "./system-error.ts";

/**
 * Writes a file so that `path` has either the old content or all of the new one, even if power or the process fails:
 * into a temporary file beside it, synced, then renamed. Writers can race; the last rename wins. If `write` fails,
 * nothing is left behind.
 */
export async function writeAtomically(
  path: string,
  write: (file: FileHandle) => Promise<void>,
): Promise<void> {
  await publish(path, write, rename);
}

/**
 * The same for a file that must not exist yet; throws EEXIST if it does. A file that another program creates in the
 * meantime is kept, except on file systems without hard links, where it can be lost between the check and the rename.
 */
export async function writeNewFile(
  path: string,
  write: (file: FileHandle) => Promise<void>,
): Promise<void> {
  await publish(path, write, renameToNew);
}

async function publish(
  path: string,
  write: (file: FileHandle) => Promise<void>,
  show: (temporary: string, path: string) => Promise<void>,
): Promise<void> {
  const temporary = `${path}.${randomUUID()}.part`;
  try {
    const file = await open(temporary, "wx");
    try {
      await write(file);
      await file.sync();
    } finally {
      await file.close();
    }
    await show(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(dirname(path));
}

/**
 * How systems report that a file system (FAT, exFAT, some network shares) has no links; Windows: EISDIR, Android and
 * some network storage: EACCES.
 */
const NO_LINKS = ["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EISDIR", "EACCES"];

/** How file systems (CIFS, vboxsf, some FUSE) report that folders cannot be synced, so that nothing can be done. */
const NO_FOLDER_SYNC = ["EINVAL", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EBADF", "EISDIR"];

/** Renames a file to a name that must be free, on the same file system; throws EEXIST if it is not. */
export async function renameToNew(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    // A full disk can lack the space for a second link but allow a rename.
    if (!isSystemError(error, ...NO_LINKS) && !isDiskFull(error)) throw error;
    await refuseTaken(to);
    await rename(from, to);
    return;
  }
  await rm(from);
}

/** Whether a folder could not be synced because its file system does not support it. */
export function isUnsyncable(error: unknown): boolean {
  return isSystemError(error, ...NO_FOLDER_SYNC);
}

/**
 * Makes a folder and its parents, durable after a power cut. Works level by level, since Node's recursive mkdir never
 * returns below a folder in which none can be made, such as /proc.
 */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    if (await isFolder(path)) return;
    const parent = dirname(path);
    if (!isSystemError(error, "ENOENT") || parent === path) throw error;
    await makeFolder(parent);
    // Another process may be making the same folder.
    await mkdir(path).catch(async (again: unknown) => {
      if (!(await isFolder(path))) throw again;
    });
  }
  await syncFolder(dirname(path));
}

async function isFolder(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found?.isDirectory() === true;
}

/**
 * Makes renames into or out of a folder durable, if its file system supports it; Windows has no such call and needs
 * none.
 */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(folder);
  try {
    await handle.sync();
  } catch (error) {
    if (!isUnsyncable(error)) throw error;
  } finally {
    await handle.close();
  }
}

async function refuseTaken(path: string): Promise<void> {
  const found = await lstat(path).catch((error: unknown) => {
    if (!isAbsent(error)) throw error;
  });
  if (found) throw Object.assign(new Error(`${path} exists`), { code: "EEXIST" });
}
