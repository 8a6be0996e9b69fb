import { readdir } from "node:fs/promises";
import { sep } from "node:path";
import { orAborted } from "../files/or-aborted.ts";
import { UNFINISHED } from "../files/unfinished.ts";
import type { GalleryParts } from "./gallery-parts.ts";
import { pictureFolder } from "./keep-picture.ts";

/** What lies in the trash and in the folders that ever took pictures, with their subfolders. */
export interface FoundFiles {
  /** Every PNG. */
  readonly pictures: readonly string[];
  /** What crashes left of pictures being written. */
  readonly unfinished: readonly string[];
  /** Folders that could not be read, an unplugged disk say: nothing is known of what is in them. */
  readonly unread: readonly string[];
}

export async function findFiles(parts: GalleryParts, signal?: AbortSignal): Promise<FoundFiles> {
  const { places, keepsakes } = parts;
  const used = keepsakes.folders.map((kept) => places.absolute(kept));
  // A set, since folders that were chosen may lie in one another; it grows while it is gone through.
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
