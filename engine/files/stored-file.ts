import { accessSync, constants, lstatSync, readdirSync, renameSync, statSync } from "node:fs";
import { basename, dirname, format, parse } from "node:path";
import { isAbsent, isSystemError } from "./system-error.ts";

/**
 * What is wrong with whatever lies in the place of a file of ours, as the end of a sentence; undefined
 * where it is an ordinary file that this user may use as `access` says, or where nothing is there. It
 * is asked before such a file is opened: opening a pipe waits for ever, and reading a device never ends.
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

/** Why something of ours was set aside: it is broken, or a version of the studio wrote it that knows more. */
export type AsideReason = "damaged" | "newer";

/**
 * Moves a stored thing out of the way, with what lies beside it under its name and one of `suffixes`, so
 * that a new one can take its place. Gives its new name, `queue.damaged.sqlite`, or with a number where
 * that is taken.
 */
export function setAside(
  path: string,
  { as = "damaged", suffixes = [] }: { as?: AsideReason; suffixes?: readonly string[] } = {},
): string {
  // The thing itself comes last: should we die in between, no new one ever meets what belongs to this one.
  const all = [...suffixes, ""];
  const isTaken = (name: string): boolean => all.some((suffix) => exists(name + suffix));
  let target = besideOf(path, as);
  for (let number = 2; isTaken(target); number++) target = besideOf(path, `${as}-${number}`);
  for (const suffix of all) {
    if (exists(path + suffix)) renameSync(path + suffix, target + suffix);
  }
  return basename(target);
}

/** Whether something that was set aside from this place still lies beside it. */
export function hasSetAside(path: string): boolean {
  const { name, ext, base } = parse(path);
  const isAside = (found: string): boolean =>
    (found.startsWith(name) &&
      /^\.(?:damaged|newer)(?:-\d+)?\.[^.]+$/.test(found.slice(name.length)) &&
      found.endsWith(ext)) ||
    // As earlier versions called them.
    found.startsWith(`${base}.bad-`);
  return readdirSync(dirname(path)).some(isAside);
}

/** The name beside a file's own that says what of it this is: `queue.v1.sqlite`. */
export function besideOf(path: string, what: string): string {
  const { dir, name, ext } = parse(path);
  return format({ dir, name: `${name}.${what}`, ext });
}

function exists(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}
