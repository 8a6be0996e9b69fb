import { randomUUID } from "node:crypto";
import { link, lstat, mkdir, open, rename, rm, stat, type FileHandle } from "node:fs/promises";
import { dirname } from "node:path";
import { isAbsent, isDiskFull, isSystemError } from "./system-error.ts";

/**
 * Writes a file so that `path` holds the old content or the whole new one, whenever power or process
 * fails: a file of its own beside it, synced, then renamed. Writers may race; the last rename wins.
 * Where `write` fails, nothing is left behind.
 */
export async function writeAtomically(
  path: string,
  write: (file: FileHandle) => Promise<void>,
): Promise<void> {
  await publish(path, write, rename);
}

/**
 * Writes a file in the same way where none is; throws EEXIST where one is. A file that another program
 * puts there meanwhile is kept, but for file systems without hard links in the moment between look
 * and rename.
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
 * How systems say that a file system (FAT, exFAT, some network shares) knows no links; Windows: EISDIR,
 * Android and some network storage: EACCES.
 */
const NO_LINKS = ["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EISDIR", "EACCES"];

/** How file systems (CIFS, vboxsf, some FUSE) say that folders cannot be synced there: nothing can be done. */
const NO_FOLDER_SYNC = ["EINVAL", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EBADF", "EISDIR"];

/** Gives a file another name on its file system, which must be free: throws EEXIST where it is not. */
export async function renameToNew(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    // A full disk may have no room for a second name, and has it for another one.
    if (!isSystemError(error, ...NO_LINKS) && !isDiskFull(error)) throw error;
    await refuseTaken(to);
    await rename(from, to);
    return;
  }
  await rm(from);
}

/** Whether a folder could not be synced since its file system has no such thing. */
export function isUnsyncable(error: unknown): boolean {
  return isSystemError(error, ...NO_FOLDER_SYNC);
}

/**
 * Makes a folder, with those above it, so that it is there after a power cut, too. Level by level, since Node's own
 * recursive mkdir never ends below a folder in which none can be made, such as /proc.
 */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    if (await isFolder(path)) return;
    const parent = dirname(path);
    if (!isSystemError(error, "ENOENT") || parent === path) throw error;
    await makeFolder(parent);
    // Somebody else may be making the same one.
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
 * Makes what was renamed into or out of a folder durable, where its file system can; Windows has no such
 * call and needs none.
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
