import { rm } from "node:fs/promises";
import { sweepUnfinished } from "../files/unfinished.ts";
import type { GalleryParts } from "./gallery-parts.ts";
import { type FoundPicture, readPicture } from "./read-picture.ts";
import { isAbsent } from "../files/system-error.ts";

/**
 * Repairs what was interrupted when the gallery was last open: every picture that was announced but never settled.
 * Half-written files are deleted, a complete picture gets its row, and a moved one the place where its file is. Nothing
 * else can be inconsistent, so no folder is searched. A picture whose disk fails now is left for the next start.
 */
export async function settleAll(parts: GalleryParts): Promise<void> {
  for (const { id, path } of parts.rows.announced()) {
    await settle(parts, id, path).catch(() => {});
  }
}

async function settle(parts: GalleryParts, id: string, path: string): Promise<void> {
  const { places, rows } = parts;
  const [file, trashed] = [places.absolute(path), places.trashed(id)];
  for (const written of [file, trashed, places.thumbnail(id)]) await sweepUnfinished(written);
  const [here, inTrash] = [await readOwn(file, id), await readOwn(trashed, id)];
  const row = rows.get(id);
  if (row === undefined) {
    if (here) rows.put({ ...here, path, isStarred: false, isTrashed: false });
  } else if (here && inTrash) {
    // A move to another file system copied the file but had not deleted the original: the copy is deleted.
    await rm(row.isTrashed ? file : trashed);
  } else if (here || inTrash) {
    rows.place(id, here ? path : row.path, here === undefined);
  }
  rows.settle(id);
}

/** The picture in a file, if it has this id. */
async function readOwn(file: string, id: string): Promise<FoundPicture | undefined> {
  try {
    const found = await readPicture(file);
    return found?.id === id ? found : undefined;
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}
