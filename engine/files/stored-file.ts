import { accessSync, constants, lstatSync, readdirSync, renameSync, statSync } from "node:fs";
import { basename, dirname, format, parse } from "node:path";
import { isAbsent, isSystemError } from "./system-error.ts";

/**
 * What is wrong with the file at `path`, as the end of a sentence; undefined if it is a regular file with `access` for
 * this user, or if there is none. Checked before one of our files is opened, since opening a pipe waits and reading a
 * device never ends.
 */
export function faultOf(path: string, access: number = constants.R_OK): string | undefined {
  try {
    lstatSync(path);
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
  try {
    const found = statSync(path);
    if (found.isDirectory()) return "it is a folder";
    if (!found.isFile()) return "it is not an ordinary file";
    accessSync(path, access);
    return undefined;
  } catch (error) {
    if (isAbsent(error)) return "it is a link to a file that does not exist";
    if (isSystemError(error, "ELOOP")) return "it is a link that leads back to itself";
    if (isSystemError(error, "EACCES", "EPERM")) return "this user has no permission to use it";
    throw error;
  }
}

/** Why a file was moved aside: it is broken, or a newer version wrote it. */
export type AsideReason = "damaged" | "newer";

/**
 * Moves a stored file out of the way, together with the files that have its name plus one of `suffixes`, so that a new
 * one can be made. Gives the new name, such as `queue.damaged.sqlite`, with a number if that is taken.
 */
export function setAside(
  path: string,
  { as = "damaged", suffixes = [] }: { as?: AsideReason; suffixes?: readonly string[] } = {},
): string {
  // The main file goes last: if the process dies in between, a new main file never meets old companions.
  const all = [...suffixes, ""];
  const isTaken = (name: string): boolean => all.some((suffix) => exists(name + suffix));
  let target = besideOf(path, as);
  for (let number = 2; isTaken(target); number++) target = besideOf(path, `${as}-${number}`);
  for (const suffix of all) {
    if (exists(path + suffix)) renameSync(path + suffix, target + suffix);
  }
  return basename(target);
}

/** Whether something that was moved aside from this place is still there. */
export function hasSetAside(path: string): boolean {
  const { name, ext, base } = parse(path);
  const isAside = (found: string): boolean =>
    (found.startsWith(name) &&
      /^\.(?:damaged|newer)(?:-\d+)?\.[^.]+$/.test(found.slice(name.length)) &&
      found.endsWith(ext)) ||
    // As earlier versions named them.
    found.startsWith(`${base}.bad-`);
  return readdirSync(dirname(path)).some(isAside);
}

/** The name for a variant of a file beside it: `queue.v1.sqlite`. */
export function besideOf(path: string, what: string): string {
  const { dir, name, ext } = parse(path);
  return format({ dir, name: `${name}.${what}`, ext });
}

function exists(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}
