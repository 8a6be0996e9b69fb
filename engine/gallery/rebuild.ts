import { existsSync } from "node:fs";
import { readdir, rm } from "node:fs/promises";
import { dirname, join, sep } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { orAborted } from "../files/or-aborted.ts";
import type { Turns } from "../files/turns.ts";
import { UNFINISHED } from "../files/unfinished.ts";
import { fileNameOf } from "./file-name.ts";
import type { GalleryParts } from "./gallery-parts.ts";
import { pictureFolder } from "./keep-picture.ts";
import { type FoundPicture, readPicture } from "./read-picture.ts";

/** Number of pictures read in one turn, before other changes get theirs; 64 kB of each are in memory at once. */
const BATCH = 100;

export interface RebuildOptions {
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Rebuilds the index from the pictures alone: every picture that says how it was made gets its row back, under its
 * former id and with its present path; of copies, the first counts. Rows of missing pictures are removed, unless their
 * folder cannot be read; if that is the folder for new pictures, the index is not complete. The gallery can be used
 * meanwhile. An abort ends it at once, however slow a disk is.
 */
export async function rebuildIndex(
  parts: GalleryParts,
  turns: Turns,
  { onProgress = () => {}, signal }: RebuildOptions,
): Promise<void> {
  const { pictures, unfinished, unread } = await findFiles(parts, signal);
  // In its own turn, so that a file that is being written does not count as unfinished.
  await turns.take(async () => {
    for (const file of unfinished) await orAborted(rm(file, { force: true }), signal);
  });
  const seen = new Set<string>();
  for (let done = 0; done < pictures.length; done += BATCH) {
    signal?.throwIfAborted();
    onProgress(done, pictures.length);
    await turns.take(() => takeIn(parts, pictures.slice(done, done + BATCH), { seen, signal }));
  }
  await turns.take(async () => {
    forgetLost(parts, seen, unread);
    if (!unread.some((folder) => isInUse(parts, folder))) parts.rows.markRebuilt(new Date());
  });
  onProgress(pictures.length, pictures.length);
}

/** Whether a folder is used for new pictures, or was used before and would be again. */
function isInUse(parts: GalleryParts, folder: string): boolean {
  const { places, markFile } = parts;
  if (folder === places.ownFolder) return true;
  return folder === pictureFolder(parts) && markFile.folders.includes(places.kept(folder));
}

async function takeIn(
  parts: GalleryParts,
  files: readonly string[],
  { seen, signal }: { readonly seen: Set<string>; readonly signal: AbortSignal | undefined },
): Promise<void> {
  // A file that cannot be read, or was deleted meanwhile, is skipped.
  const reading = Promise.all(files.map((file) => readPicture(file).catch(() => undefined)));
  const found = await orAborted(reading, signal);
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
  const { places, rows, markFile } = parts;
  const known = rows.get(picture.id);
  const isTrashed = dirname(file) === places.trashFolder;
  const isCopy = known && places.fileOf(known) !== file && existsSync(places.fileOf(known));
  if (isCopy) return;
  seen.add(picture.id);
  const row = {
    ...picture,
    path: isTrashed ? (known?.path ?? newPath(parts, picture)) : places.kept(file),
    isStarred: known?.isStarred ?? markFile.isStarred(picture.id),
    isTrashed,
  };
  // Writing takes ten times as long as reading, and most rows are already right.
  if (!isDeepStrictEqual(row, known)) rows.put(row);
}

/** Where a trashed picture is restored to if its origin is unknown. */
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

/** The files in the trash, and in all folders that ever took pictures, including subfolders. */
interface FoundFiles {
  /** Every PNG. */
  readonly pictures: readonly string[];
  /** Unfinished files that crashes left. */
  readonly unfinished: readonly string[];
  /** Folders that could not be read, for example on a disconnected disk: their content is unknown. */
  readonly unread: readonly string[];
}

async function findFiles(parts: GalleryParts, signal?: AbortSignal): Promise<FoundFiles> {
  const { places, markFile } = parts;
  const used = markFile.folders.map((kept) => places.absolute(kept));
  // A set, since chosen folders can contain each other; it grows while it is iterated.
  const folders = new Set([pictureFolder(parts), places.ownFolder, ...used, places.trashFolder]);
  const found = { pictures: [] as string[], unfinished: [] as string[], unread: [] as string[] };
  for (const folder of folders) {
    const reading = readdir(folder, { withFileTypes: true }).catch(() => undefined);
    const entries = await orAborted(reading, signal);
    if (entries === undefined) found.unread.push(folder);
    for (const entry of entries ?? []) {
      const path = folder + sep + entry.name;
      if (entry.isDirectory() && !places.isStudioOwn(path)) folders.add(path);
      else if (entry.isFile() && /\.png$/i.test(entry.name)) found.pictures.push(path);
      else if (entry.isFile() && UNFINISHED.test(entry.name)) found.unfinished.push(path);
    }
  }
  return found;
}
