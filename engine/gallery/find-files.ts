import { readdir } from "node:fs/promises";
import { join, sep } from "node:path";
import { UNFINISHED } from "../files/unfinished.ts";
import type { GalleryParts } from "./gallery-parts.ts";
import { pictureFolder } from "./keep-picture.ts";
import type { Places } from "./places.ts";

/** What lies in the trash and in the folders that ever took pictures, with their subfolders. */
export interface FoundFiles {
  /** Every PNG. */
  readonly pictures: readonly string[];
  /** What crashes left of pictures being written. */
  readonly unfinished: readonly string[];
  /** Folders that could not be read, an unplugged disk say: nothing is known of what is in them. */
  readonly unread: readonly string[];
}

export async function findFiles(parts: GalleryParts): Promise<FoundFiles> {
  const { places } = parts;
  const found = new Set(await filesBelow(places.trashFolder));
  const unread: string[] = [];
  for (const folder of foldersOf(parts)) {
    const files = await filesBelow(folder);
    if (files === undefined) unread.push(folder);
    for (const file of files ?? []) {
      if (!isStudioOwn(file, places)) found.add(file);
    }
  }
  const files = [...found];
  return {
    pictures: files.filter((file) => /\.png$/i.test(file)),
    unfinished: files.filter((file) => UNFINISHED.test(file)),
    unread,
  };
}

function foldersOf(parts: GalleryParts): ReadonlySet<string> {
  const { places, keepsakes } = parts;
  const used = keepsakes.folders.map((kept) => places.absolute(kept));
  return new Set([pictureFolder(parts), places.ownFolder, ...used]);
}

/** Undefined where the folder cannot be read. */
async function filesBelow(folder: string): Promise<string[] | undefined> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
  } catch {
    return undefined;
  }
}

/** Whether a file in the data folder is no picture of the gallery, should its folder be that large. */
function isStudioOwn(file: string, { dataFolder }: Places): boolean {
  const own = ["trash", "thumbnails", "init-images", "models"];
  return own.some((folder) => file.startsWith(join(dataFolder, folder) + sep));
}
