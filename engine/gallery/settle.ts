import { rm } from "node:fs/promises";
import { sweepUnfinished } from "../files/unfinished.ts";
import type { GalleryParts } from "./gallery-parts.ts";
import { type FoundPicture, readPicture } from "./read-picture.ts";
import { isAbsent } from "../files/system-error.ts";

/**
 * Looks after what was cut short when the gallery was last open: each picture that was announced and
 * never settled. Half-written files go; a whole picture gets its row; of a move the end that was reached
 * counts. Nothing else can be out of step, so no folder is searched, however many pictures there are.
 * One whose disk fails now is left for the next time.
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
    // It was copied to another file system and not yet deleted here: the move did not happen.
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
