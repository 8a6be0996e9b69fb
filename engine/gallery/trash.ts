import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { makeFolder } from "../files/atomic-file.ts";
import type { GalleryParts } from "./gallery-parts.ts";
import type { ImageRow } from "./image-row.ts";
import { moveFile, movePicture } from "./picture-files.ts";
import { refusalOf } from "./refusal.ts";

/** Moves a picture's file to the trash; if the file is missing, only the row changes. */
export async function moveToTrash(parts: GalleryParts, row: ImageRow): Promise<void> {
  const { places, rows } = parts;
  const [file, trashed] = [places.absolute(row.path), places.trashed(row.id)];
  await refusing(trashed, row, async () => {
    rows.announceMove(row.id, row.path);
    if (existsSync(file)) {
      await makeFolder(places.trashFolder);
      await rm(trashed, { force: true });
      await moveFile(file, trashed);
    }
    rows.place(row.id, row.path, true);
  });
}

/** Moves a picture back to its former place, or under another name if its own is in use. */
export async function moveFromTrash(parts: GalleryParts, row: ImageRow): Promise<void> {
  const { places, rows } = parts;
  const [file, trashed] = [places.absolute(row.path), places.trashed(row.id)];
  await refusing(file, row, async () => {
    let path = file;
    if (existsSync(trashed)) {
      const stem = file.replace(/\.png$/i, "");
      path = await movePicture(trashed, stem, (to) => rows.announceMove(row.id, places.kept(to)));
    }
    rows.place(row.id, places.kept(path), false);
  });
}

/** Permanently deletes a trashed picture. The row is deleted last, so that this can be repeated after a failure. */
export async function deleteTrashed(parts: GalleryParts, row: ImageRow): Promise<void> {
  const { places, rows, marks, thumbnails, markFile } = parts;
  const trashed = places.trashed(row.id);
  await refusing(trashed, row, async () => {
    await rm(trashed, { force: true });
    await thumbnails.remove(row.id);
    if (row.isStarred) await markFile.star([row.id], false);
    marks.forget(row.id);
    rows.remove(row.id);
  });
}

async function refusing(path: string, row: ImageRow, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    throw refusalOf(error, path, row.sizeBytes);
  }
}
