import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { dirname, join, sep } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { Turns } from "../files/turns.ts";
import { fileNameOf } from "./file-name.ts";
import { findFiles } from "./find-files.ts";
import type { GalleryParts } from "./gallery-parts.ts";
import { pictureFolder } from "./keep-picture.ts";
import { type FoundPicture, readPicture } from "./read-picture.ts";

/** Pictures that are read before others may change the gallery in between. */
const BATCH = 100;

export interface RebuildOptions {
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Builds the index anew from the pictures alone: every picture that tells how it was made gets its row
 * back, under the id it always had, where it lies now; of copies the first counts. Rows whose pictures
 * are gone go, unless their folder cannot be read. The gallery can be used meanwhile.
 */
export async function rebuildIndex(
  parts: GalleryParts,
  turns: Turns,
  { onProgress = () => {}, signal }: RebuildOptions,
): Promise<void> {
  const { pictures, unfinished, unread } = await findFiles(parts);
  // In a turn of their own: what is being written just now is not unfinished when it is our turn.
  await turns.take(async () => {
    for (const file of unfinished) await rm(file, { force: true });
  });
  const seen = new Set<string>();
  for (let done = 0; done < pictures.length; done += BATCH) {
    signal?.throwIfAborted();
    onProgress(done, pictures.length);
    await turns.take(() => takeIn(parts, pictures.slice(done, done + BATCH), seen));
  }
  await turns.take(async () => {
    forgetLost(parts, seen, unread);
    parts.rows.markRebuilt(new Date());
  });
  onProgress(pictures.length, pictures.length);
}

async function takeIn(
  parts: GalleryParts,
  files: readonly string[],
  seen: Set<string>,
): Promise<void> {
  // A file that cannot be read, or is gone by now, is no picture.
  const found = await Promise.all(files.map((file) => readPicture(file).catch(() => undefined)));
  parts.rows.atOnce(() => {
    for (const [i, file] of files.entries()) {
      const picture = found[i];
      if (picture !== undefined && !seen.has(picture.id)) putFound(parts, file, picture, seen);
    }
  });
}

function putFound(
  parts: GalleryParts,
  file: string,
  picture: FoundPicture,
  seen: Set<string>,
): void {
  const { places, rows, keepsakes } = parts;
  const known = rows.get(picture.id);
  const isTrashed = dirname(file) === places.trashFolder;
  const isCopy = known && places.fileOf(known) !== file && existsSync(places.fileOf(known));
  if (isCopy) return;
  seen.add(picture.id);
  const row = {
    ...picture,
    path: isTrashed ? (known?.path ?? newPath(parts, picture)) : places.kept(file),
    isStarred: known?.isStarred ?? keepsakes.isStarred(picture.id),
    isTrashed,
  };
  // Writing costs ten times as much as reading, and most rows are right.
  if (!isDeepStrictEqual(row, known)) rows.put(row);
}

/** Where a trashed picture goes back to when nobody knows any more where it came from. */
function newPath(parts: GalleryParts, picture: FoundPicture): string {
  const name = fileNameOf(parts.settings().fileNamePattern, picture);
  return parts.places.kept(`${join(pictureFolder(parts), name)}.png`);
}

function forgetLost(
  { places, rows }: GalleryParts,
  seen: ReadonlySet<string>,
  unread: readonly string[],
): void {
  rows.atOnce(() => {
    for (const row of rows.places()) {
      if (seen.has(row.id)) continue;
      const file = places.fileOf(row);
      const isUnknown = unread.some((folder) => file.startsWith(folder + sep));
      if (!isUnknown && !existsSync(file)) rows.remove(row.id);
    }
  });
}
