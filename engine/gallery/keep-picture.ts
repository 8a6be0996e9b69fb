import { randomBytes } from "node:crypto";
import { rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { StudioError } from "../contract/errors.ts";
import type { GenerationRecord } from "../contract/image-record.ts";
import type { Seconds } from "../contract/progress.ts";
import { recordedPng } from "../image/generation-text.ts";
import type { Pixels } from "../image/pixels.ts";
import { PngDamage } from "../image/png/png-chunks.ts";
import { fileNameOf } from "./file-name.ts";
import type { GalleryParts } from "./gallery-parts.ts";
import type { ImageRow } from "./image-row.ts";
import { writePicture } from "./picture-files.ts";
import { refusalOf } from "./refusal.ts";

/** A picture that was just drawn. */
export interface NewPicture {
  /** The id it gets: its generation's, so that a crash right after keeping it is told from one before. */
  readonly id?: string | undefined;
  /** Without its record, which it gets here. */
  readonly png: Uint8Array;
  /** The same picture, where it is still in memory: spares decoding it for the thumbnail. */
  readonly pixels?: Pixels | undefined;
  readonly record: GenerationRecord;
  /** Where it was drawn: `local`, or an inference endpoint's id. */
  readonly target: string;
  readonly seconds?: Seconds | undefined;
}

/**
 * Keeps a picture: its file, its thumbnail, one row, in this order; when it resolves, all of it is on
 * the disk. Where that fails nothing is kept, so that it can be tried again.
 */
export async function keepPicture(parts: GalleryParts, picture: NewPicture): Promise<ImageRow> {
  const draft = draftRow(picture);
  const png = markPng(picture.png, draft);
  return keepFile(parts, draft, { png, pixels: picture.pixels });
}

/** The bytes of a picture that are to be written. */
interface FileToKeep {
  /** With its record. */
  readonly png: Uint8Array;
  readonly pixels?: Pixels | undefined;
  /** Stand for the prompt in its name, where it has none. */
  readonly words?: string;
}

/** Writes a picture's file, its thumbnail and its row, or nothing of it. Refuses as the above. */
export async function keepFile(
  parts: GalleryParts,
  draft: DraftRow,
  { png, pixels, words = "" }: FileToKeep,
): Promise<ImageRow> {
  const { places, rows, keepsakes } = parts;
  const folder = pictureFolder(parts);
  const prompt = draft.record.prompt === "" ? words : draft.record.prompt;
  const named = { ...draft, record: { ...draft.record, prompt } };
  const stem = join(folder, fileNameOf(parts.settings().fileNamePattern, named));
  try {
    await keepsakes.addFolder(places.kept(folder));
    const path = await writePicture(stem, png, (name) =>
      rows.announce(draft.id, places.kept(name)),
    );
    const row = { ...draft, path: places.kept(path), sizeBytes: png.length };
    await orRemove(path, async () => {
      await parts.thumbnails.tryPut(row.id, pixels ?? png);
      rows.put(row);
    });
    return row;
  } catch (error) {
    throw refusalOf(error, `${stem}.png`, png.length);
  }
}

/** The folder that new pictures go to. */
export function pictureFolder({ places, settings }: GalleryParts): string {
  return resolve(settings().pictureFolder ?? places.ownFolder);
}

/** A row whose file is not written yet. */
export type DraftRow = Omit<ImageRow, "path" | "sizeBytes">;

function draftRow({ id, record, target, seconds }: NewPicture): DraftRow {
  const createdAt = record.createdAt ?? new Date().toISOString();
  return {
    id: id ?? randomBytes(10).toString("hex"),
    record: { ...record, createdAt },
    target,
    ...(seconds && { seconds }),
    createdAt,
    isStarred: false,
    isTrashed: false,
  };
}

function markPng(png: Uint8Array, { record, id, target, seconds }: DraftRow): Uint8Array {
  try {
    return recordedPng(png, record, { id, target, ...(seconds && { seconds }) });
  } catch (error) {
    if (!(error instanceof PngDamage)) throw error;
    const details = { file: "The drawn picture", reason: error.message };
    throw new StudioError("IMAGE_UNREADABLE", details, { cause: error });
  }
}

/** Removes what was written where what belongs to it fails. */
async function orRemove(path: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
}
