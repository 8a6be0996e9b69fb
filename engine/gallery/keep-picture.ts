import { randomBytes } from "node:crypto";
import { rm } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { StudioError } from "../contract/errors.ts";
import type { GenerationRecord } from "../contract/image-record.ts";
import type { Seconds } from "../contract/progress.ts";
import { makeFolder, writeAtomically } from "../files/atomic-file.ts";
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
  /** Its generation's id, so that after a crash it is clear whether the picture had been stored. */
  readonly id?: string | undefined;
  /** Without its record, which is added here. */
  readonly png: Uint8Array;
  /** The same picture if it is still in memory, which saves decoding it for the thumbnail. */
  readonly pixels?: Pixels | undefined;
  readonly record: GenerationRecord;
  /** Where it was drawn: `local`, or an inference endpoint's id. */
  readonly target: string;
  readonly seconds?: Seconds | undefined;
}

/**
 * Stores a picture: its file, its thumbnail and its row, in this order; when it resolves, everything is on the disk. If
 * that fails nothing is stored, so that it can be tried again.
 */
export async function keepPicture(parts: GalleryParts, picture: NewPicture): Promise<ImageRow> {
  const draft = draftRow(picture);
  const png = markPng(picture.png, draft);
  return keepFile(parts, draft, { png, pixels: picture.pixels });
}

/**
 * Replaces a stored picture by one that was drawn again: its file, its thumbnail and its record, wherever it is now. Its
 * name, its date, its star and its other marks stay. If that fails the former picture stays.
 */
export async function redrawPicture(
  parts: GalleryParts,
  row: ImageRow,
  picture: NewPicture,
): Promise<ImageRow> {
  const { places, rows, thumbnails } = parts;
  const { id, path, createdAt, isStarred, isTrashed } = row;
  const drawn = draftRow({ ...picture, id, record: { ...picture.record, createdAt } });
  const png = markPng(picture.png, drawn);
  const file = places.fileOf(row);
  try {
    await makeFolder(dirname(file));
    await writeAtomically(file, (to) => to.writeFile(png));
  } catch (error) {
    throw refusalOf(error, file, png.length);
  }
  await thumbnails.remove(id);
  await thumbnails.tryPut(id, picture.pixels ?? png);
  const redrawn = { ...drawn, path, sizeBytes: png.length, isStarred, isTrashed };
  rows.put(redrawn);
  return redrawn;
}

/** The file of a picture to store. */
interface FileToKeep {
  /** With its record. */
  readonly png: Uint8Array;
  readonly pixels?: Pixels | undefined;
  /** Replaces the prompt in its name if it has none. */
  readonly words?: string;
}

/** Writes a picture's file, thumbnail and row, or nothing. Refuses in the same way. */
export async function keepFile(
  parts: GalleryParts,
  draft: DraftRow,
  { png, pixels, words = "" }: FileToKeep,
): Promise<ImageRow> {
  const { places, rows, markFile } = parts;
  const folder = pictureFolder(parts);
  const prompt = draft.record.prompt === "" ? words : draft.record.prompt;
  const named = { ...draft, record: { ...draft.record, prompt } };
  const stem = join(folder, fileNameOf(parts.settings().fileNamePattern, named));
  try {
    await markFile.addFolder(places.kept(folder));
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

/** The folder for new pictures. */
export function pictureFolder({ places, settings }: GalleryParts): string {
  return resolve(settings().pictureFolder ?? places.ownFolder);
}

/** A row whose file has not been written yet. */
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

/** Removes what was written if the work fails. */
async function orRemove(path: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
}
