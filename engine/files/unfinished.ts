import { readdir, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { isAbsent } from "./system-error.ts";

/** The name of a temporary file of atomic-file.ts; one that exists at start was left by a crash. */
export const UNFINISHED = /\.[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\.part$/;

/** Removes unfinished files that a crash left in a folder, not in its subfolders. */
export async function sweepFolder(folder: string): Promise<void> {
  for (const name of await namesIn(folder)) {
    if (UNFINISHED.test(name)) await rm(join(folder, name), { force: true });
  }
}

/** Removes unfinished files of writing to a path, if its folder exists. */
export async function sweepUnfinished(path: string): Promise<void> {
  const [folder, start] = [dirname(path), `${basename(path)}.`];
  for (const name of await namesIn(folder)) {
    const isLeft = name.startsWith(start) && UNFINISHED.test(name);
    if (isLeft) await rm(join(folder, name), { force: true });
  }
}

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch((error: unknown) => {
    if (isAbsent(error)) return [];
    throw error;
  });
}
