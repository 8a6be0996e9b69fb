import type { Stats } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { StudioError } from "../contract/errors.ts";
import { unreadable } from "./reading.ts";

export interface ListedFile {
  /** Relative to the folder that was listed, with forward slashes. */
  readonly path: string;
  readonly sizeBytes: number;
  /** Differs once the file has changed or was replaced. */
  readonly stamp: string;
}

export interface ListingLimits {
  /** Number of levels; 1 is only the folder's own files. */
  readonly depth: number;
  /** Maximum number of files and folders; a folder with more is refused. */
  readonly entries: number;
}

/** The files of a folder, sorted. Links are followed; hidden files and broken links are left out. */
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

/** Contains ctime as well: a program can set a file's mtime back, but not its ctime. */
export function stampOf({ ino, size, mtimeMs, ctimeMs }: Stats): string {
  return [ino, size, mtimeMs, ctimeMs].join(" ");
}

/** Names directly in a folder, without hidden ones and the folder that macOS adds to archives. */
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
