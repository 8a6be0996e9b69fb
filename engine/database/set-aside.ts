import { existsSync, renameSync } from "node:fs";
import { besideOf } from "./copy-beside.ts";

/**
 * Moves a damaged database out of the way, with the files SQLite keeps beside it, so that a new one can
 * be made in its place. Gives back its new name, `queue.damaged.sqlite`, or with a number where that is taken.
 */
export function setAside(path: string): string {
  let target = besideOf(path, "damaged");
  for (let number = 2; existsSync(target); number++) {
    target = besideOf(path, `damaged-${number}`);
  }
  // The log first: should we die in between, no new database ever meets the log of this one.
  for (const suffix of ["-wal", "-shm", ""]) {
    if (existsSync(path + suffix)) renameSync(path + suffix, target + suffix);
  }
  return target;
}
