import type { Stats } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { StudioError } from "../contract/errors.ts";
import { unreadable } from "./reading.ts";

export interface ListedFile {
  /** Relative to the folder that was listed, with forward slashes. */
  readonly path: string;
  readonly sizeBytes: number;
  /** A different string when the file has changed, or was replaced by another. */
  readonly stamp: string;
}

export interface ListingLimits {
  /** Levels that are looked at; 1 is the folder's own files. */
  readonly depth: number;
  /** Files and folders in all, beyond which the folder is refused. */
  readonly entries: number;
}

/**
 * The files of a folder, links followed, sorted. Names with a dot in front and links that lead
 * nowhere are left out.
 */
export async function listFolder(
  folder: string,
  { depth, entries: most }: ListingLimits,
): Promise<readonly ListedFile[]> {
  const files: ListedFile[] = [];
  const waiting = [""];
  let entries = 0;
  for (const prefix of waiting) {
    for (const name of await visibleNames(join(folder, prefix))) {
      if (++entries > most) throw tooMany(folder, most);
      const path = `${prefix}${name}`;
      const found = await stat(join(folder, path)).catch(() => undefined);
      if (found?.isFile()) {
        files.push({ path, sizeBytes: found.size, stamp: stampOf(found) });
      }
      if (found?.isDirectory() && path.split("/").length < depth) waiting.push(`${path}/`);
    }
  }
  return files.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

/** A program may put back the time of change of a file's content, but not that of its entry. */
export function stampOf({ ino, size, mtimeMs, ctimeMs }: Stats): string {
  return [ino, size, mtimeMs, ctimeMs].join(" ");
}

/** Names right inside a folder; what archives from macOS add is not among them. */
export async function visibleNames(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch((cause: unknown) => {
    throw unreadable(folder, cause);
  });
  return names.filter((name) => !name.startsWith(".") && name !== "__MACOSX");
}

function tooMany(folder: string, most: number): StudioError {
  const what = `A folder of more than ${most} files`;
  return new StudioError("SNAPSHOT_UNSUPPORTED", { what, found: folder });
}
