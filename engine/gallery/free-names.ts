import { lstat, readdir } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { isAbsent } from "../files/system-error.ts";

/**
 * Paths of pictures that no file has yet, best first: `cat.png`, or the number after the highest there
 * is: `cat-2.png`. Another program may take one in the meantime; then the next is tried.
 */
export async function* freeNames(stem: string): AsyncGenerator<string, never> {
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
