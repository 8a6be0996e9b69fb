import { lstat, readdir, readFile, rm } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { makeFolder, renameToNew, syncFolder, writeNewFile } from "../files/atomic-file.ts";
import { isAbsent, isSystemError } from "../files/system-error.ts";

/** Told of every name before anything is put there. */
export type Announce = (path: string) => void;

/**
 * Writes a picture under the first free name of `stem`, durably, and whole or not at all; gives its
 * path.
 */
export async function writePicture(
  stem: string,
  png: Uint8Array,
  announce: Announce,
): Promise<string> {
  return takeName(stem, announce, (path) => writeNewFile(path, (file) => file.writeFile(png)));
}

/** Moves a picture to the first free name of `stem`, over file systems too; gives its path. */
export async function movePicture(from: string, stem: string, announce: Announce): Promise<string> {
  return takeName(stem, announce, (to) => moveFile(from, to));
}

/** Moves a file to a name that must be free. A crash in between leaves it whole, perhaps twice. */
export async function moveFile(from: string, to: string): Promise<void> {
  try {
    await renameToNew(from, to);
    await syncFolder(dirname(to));
  } catch (error) {
    if (!isSystemError(error, "EXDEV")) throw error;
    const content = await readFile(from);
    await writeNewFile(to, (file) => file.writeFile(content));
    await rm(from);
  }
  await syncFolder(dirname(from));
}

async function takeName(
  stem: string,
  announce: Announce,
  take: (path: string) => Promise<void>,
): Promise<string> {
  await makeFolder(dirname(stem));
  for (const names = freeNames(stem); ;) {
    const { value: path } = await names.next();
    announce(path);
    try {
      await take(path);
      return path;
    } catch (error) {
      if (!isSystemError(error, "EEXIST")) throw error;
    }
  }
}

/**
 * Paths of pictures that no file has yet, best first: `cat.png`, or the number after the highest there
 * is: `cat-2.png`. Another program may take one in the meantime; then the next is tried.
 */
async function* freeNames(stem: string): AsyncGenerator<string, never> {
  if (!(await isTaken(`${stem}.png`))) yield `${stem}.png`;
  for (let number = (await highestNumber(stem)) + 1; ; number++) yield `${stem}-${number}.png`;
}

async function isTaken(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    (error: unknown) => {
      if (isAbsent(error)) return false;
      throw error;
    },
  );
}

/** Names are compared as file systems that ignore case do. */
async function highestNumber(stem: string): Promise<number> {
  const start = `${basename(stem)}-`.toLowerCase();
  const numbers = (await readdir(dirname(stem)))
    .map((name) => name.toLowerCase())
    .filter((name) => name.startsWith(start))
    .map((name) => Number(/^(\d{1,9})\.png$/.exec(name.slice(start.length))?.[1] ?? 0));
  return numbers.reduce((highest, number) => Math.max(highest, number), 1);
}
