import { lstat, readdir, readFile, rm } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { makeFolder, renameToNew, syncFolder, writeNewFile } from "../files/atomic-file.ts";
import { isAbsent, isSystemError } from "../files/system-error.ts";

/** Called with every file name before it is used. */
export type Announce = (path: string) => void;

/** Writes a picture atomically under the first free name of `stem`, and returns its path. */
export async function writePicture(
  stem: string,
  png: Uint8Array,
  announce: Announce,
): Promise<string> {
  return takeName(stem, announce, (path) => writeNewFile(path, (file) => file.writeFile(png)));
}

/** Moves a picture to the first free name of `stem`, also across file systems; returns its path. */
export async function movePicture(from: string, stem: string, announce: Announce): Promise<string> {
  return takeName(stem, announce, (to) => moveFile(from, to));
}

/** Moves a file to a name that must be free. After a crash it is complete, perhaps in both places. */
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
 * Free paths for a picture, best first: `cat.png`, or the number after the highest existing one: `cat-2.png`. If
 * another program takes one meanwhile, the next is tried.
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

/** Compares names like file systems that ignore case. */
async function highestNumber(stem: string): Promise<number> {
  const start = `${basename(stem)}-`.toLowerCase();
  const numbers = (await readdir(dirname(stem)))
    .map((name) => name.toLowerCase())
    .filter((name) => name.startsWith(start))
    .map((name) => Number(/^(\d{1,9})\.png$/.exec(name.slice(start.length))?.[1] ?? 0));
  return numbers.reduce((highest, number) => Math.max(highest, number), 1);
}
