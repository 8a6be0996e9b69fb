import { closeSync, fsyncSync, openSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { isUnsyncable } from "../files/atomic-file.ts";
import { besideOf } from "../files/stored-file.ts";

/**
 * Keeps a copy of a database beside it, named after the version of its tables: `gallery.sqlite` at version 3 becomes
 * `gallery.v3.sqlite`. It replaces an earlier copy of the same version.
 */
export function copyBeside(database: DatabaseSync, path: string, version: number): void {
  const copy = besideOf(path, `v${version}`);
  const temporary = `${copy}.part`;
  rmSync(temporary, { force: true });
  database.prepare("VACUUM INTO ?").run(temporary);
  // VACUUM INTO does not sync.
  sync(temporary, "r+");
  renameSync(temporary, copy);
  if (process.platform !== "win32") syncFolder(dirname(copy));
}

function syncFolder(folder: string): void {
  try {
    sync(folder, "r");
  } catch (error) {
    if (!isUnsyncable(error)) throw error;
  }
}

function sync(path: string, flags: string): void {
  const file = openSync(path, flags);
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
