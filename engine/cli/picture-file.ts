import { access, constants, open, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { StudioError } from "../contract/errors.ts";
import { systemCode } from "../files/system-error.ts";

export interface PictureFile {
  /** The requested output: a .png file, a folder, or nothing. */
  readonly out: string | undefined;
  readonly prompt: string;
  /** If known. */
  readonly seed?: string | undefined;
  /** The picture's number among several: only a single one can have exactly the given name. */
  readonly image: number;
  readonly count: number;
  /** Distinguishes pictures with the same prompt and seed; part of a generated file name. */
  readonly label?: string | undefined;
  readonly force: boolean;
}

/** Refuses, before any work, if the file exists or cannot be written. */
export async function checkFree({
  out,
  force,
  count,
}: Pick<PictureFile, "out" | "force" | "count">): Promise<void> {
  const isFile = out !== undefined && isPng(out);
  await checkFolder(isFile ? dirname(out) : (out ?? "."), out ?? ".");
  if (!isFile || force) return;
  for (let image = 0; image < count; image++) {
    const path = numbered(out, image, count);
    if (await exists(path)) throw new StudioError("OUTPUT_EXISTS", { path });
  }
}

async function checkFolder(folder: string, path: string): Promise<void> {
  try {
    if (!(await stat(folder)).isDirectory()) throw unwritable(path, "ENOTDIR");
    await access(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw error instanceof StudioError
      ? error
      : unwritable(path, systemCode(error) ?? "unknown", error);
  }
}

/** Writes a picture atomically, and returns its path. */
export async function writePicture(png: Uint8Array, file: PictureFile): Promise<string> {
  const { out, image, count, force } = file;
  if (out !== undefined && isPng(out)) return write(numbered(out, image, count), png, force);
  const label = file.label === undefined ? undefined : slug(file.label, MAX_LABEL);
  const parts = [slug(file.prompt, label === undefined ? MAX_WORDS : MAX_LABEL), file.seed, label];
  const name = parts.filter((part) => part !== undefined).join("-");
  for (let copy = 1; ; copy++) {
    const path = join(out ?? ".", copy === 1 ? `${name}.png` : `${name}-${copy}.png`);
    if (force || !(await exists(path))) return write(path, png, force);
  }
}

async function write(path: string, png: Uint8Array, force: boolean): Promise<string> {
  let isOurs = force;
  try {
    const handle = await open(path, force ? "w" : "wx");
    isOurs = true;
    try {
      await handle.writeFile(png);
    } finally {
      await handle.close();
    }
    return path;
  } catch (error) {
    const code = systemCode(error) ?? "unknown";
    if (code === "EEXIST") throw new StudioError("OUTPUT_EXISTS", { path });
    if (isOurs) await rm(path, { force: true });
    if (code === "ENOSPC")
      throw new StudioError("DISK_FULL", { path, needed: `${png.length} bytes` });
    throw unwritable(path, code, error);
  }
}

/** What is wrong with a folder, by system error code. */
const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "its folder does not exist",
  ENOTDIR: "there is a file where its folder should be",
  EACCES: "its folder belongs to somebody else",
  EROFS: "its folder is read-only",
};

function unwritable(path: string, code: string, cause?: unknown): StudioError {
  return new StudioError("OUTPUT_UNWRITABLE", { path, reason: REASONS[code] ?? code }, { cause });
}

/** Where the contact sheet of a grid is written: fish-grid.png beside fish-1.png, or in the same folder. */
export function sheetOut(out: string | undefined): string | undefined {
  return out?.replace(/\.png$/i, "-grid.png");
}

function isPng(path: string): boolean {
  return path.toLowerCase().endsWith(".png");
}

/** fish.png, or for several pictures fish-1.png, fish-2.png, … */
function numbered(path: string, image: number, count: number): string {
  return count === 1 ? path : path.replace(/\.png$/i, `-${image + 1}.png`);
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** Letters of a prompt in a file's name; fewer where a label follows, since systems allow 255 bytes. */
const MAX_WORDS = 60;
const MAX_LABEL = 36;

/** Part of a file name made from text: letters and digits of any script. */
function slug(text: string, limit: number): string {
  const words =
    text
      .normalize("NFC")
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? [];
  const name = Array.from(words.join("-")).slice(0, limit).join("");
  return name === "" ? "picture" : name;
}
