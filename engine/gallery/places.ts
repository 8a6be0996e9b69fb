import { stat } from "node:fs/promises";
import { isAbsolute, join, relative, resolve } from "node:path";
import { makeFolder } from "../files/atomic-file.ts";
import { faultOf } from "../files/stored-file.ts";
import { systemCode } from "../files/system-error.ts";
import type { ImageRow } from "./image-row.ts";

type PlacedRow = Pick<ImageRow, "id" | "path" | "isTrashed">;

/** Where the gallery stores things in a data folder. */
export class Places {
  readonly dataFolder: string;

  constructor(dataFolder: string) {
    this.dataFolder = resolve(dataFolder);
  }

  get database(): string {
    return join(this.dataFolder, "gallery.sqlite");
  }

  get markFile(): string {
    return join(this.dataFolder, "gallery.json");
  }

  /** The default folder for pictures. */
  get ownFolder(): string {
    return join(this.dataFolder, "gallery");
  }

  get trashFolder(): string {
    return join(this.dataFolder, "trash");
  }

  trashed(id: string): string {
    return join(this.trashFolder, `${id}.png`);
  }

  /** Where a picture's file is now. */
  fileOf({ id, path, isTrashed }: PlacedRow): string {
    return isTrashed ? this.trashed(id) : this.absolute(path);
  }

  /** Whether a picture's file exists where it should be. */
  async isThere(row: PlacedRow): Promise<boolean> {
    const found = await stat(this.fileOf(row)).catch(() => undefined);
    return found?.isFile() === true;
  }

  /** In subfolders by the id's beginning: file managers cannot handle a folder of 50,000. */
  thumbnail(id: string): string {
    return join(this.dataFolder, "thumbnails", id.slice(0, 2), `${id}.webp`);
  }

  /** Whether a folder is the studio's own, even if it is the whole data folder. */
  isStudioOwn(folder: string): boolean {
    const own = ["trash", "thumbnails", "init-images", "models"];
    return own.some((name) => folder === join(this.dataFolder, name));
  }

  /** A path as stored in a row: relative to the data folder if it is inside. */
  kept(path: string): string {
    const inside = relative(this.dataFolder, path);
    return inside.startsWith("..") || isAbsolute(inside) ? path : inside;
  }

  /** The absolute path of a stored one. */
  absolute(kept: string): string {
    return resolve(this.dataFolder, kept);
  }
}

/**
 * Makes a folder. If that fails it is reported: the folder may be a link to a disk that is not connected, and is used
 * again once it is.
 */
export async function missingFolder(folder: string, what: string): Promise<string | undefined> {
  try {
    await makeFolder(folder);
    return undefined;
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    const reason = faultOf(folder) ?? "a file or a broken link is in its place";
    return `The ${what} folder ${folder} is not available (${reason}). Darkroom uses it again as soon as it is.`;
  }
}
