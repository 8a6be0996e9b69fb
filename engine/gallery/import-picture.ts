import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { parse } from "node:path";
import { StudioError } from "../contract/errors.ts";
import type { Recall } from "../contract/generation.ts";
import { markedPng, readMark } from "../image/generation-text.ts";
import { keptRecord } from "../image/known-record.ts";
import type { Pixels } from "../image/pixels.ts";
import { chunksOf, PngDamage } from "../image/png/png-chunks.ts";
import { isTextType } from "../image/png/png-text.ts";
import { readPngTexts } from "../image/png/read-png-texts.ts";
import type { GalleryParts } from "./gallery-parts.ts";
import type { ImageRow } from "./image-row.ts";
import { type DraftRow, keepFile } from "./keep-picture.ts";
import { contentId, ELSEWHERE, HEAD_BYTES } from "./read-picture.ts";
import { moveFromTrash } from "./trash.ts";

/** A picture file from outside, decoded. */
export interface ForeignPicture {
  /** Its file's name. */
  readonly name: string;
  /** The original file, by which it is recognised. */
  readonly bytes: Uint8Array;
  /** The picture as a PNG; the original bytes if it was one. */
  readonly png: Uint8Array;
  readonly pixels: Pixels;
  /** How it was made, if it says so. */
  readonly recall?: Recall | undefined;
  /** When its file was last written, for pictures that do not say when they were made. */
  readonly modifiedAt: string;
}

/** The result of an import. */
export interface ImportedPicture {
  readonly id: string;
  /** False if it was already in the gallery. */
  readonly isNew: boolean;
}

/**
 * Stores a picture from outside unless it already exists; one in the trash is restored. Pictures of a gallery keep
 * their id and bytes; others get our record besides their own texts, so that the index can be rebuilt from them.
 * Refuses as `keepPicture` does.
 */
export async function importPicture(
  parts: GalleryParts,
  picture: ForeignPicture,
): Promise<ImportedPicture> {
  const own = picture.recall?.writer === "darkroom" ? markOf(picture) : undefined;
  const content = contentOf(picture);
  const known = await findKnown(parts, picture, { content, ids: own ? [own.id] : [] });
  if (known?.isTrashed === true) await moveFromTrash(parts, known);
  if (known !== undefined) return { id: known.id, isNew: known.isTrashed };
  const isOwn = own !== undefined && !isThere(parts, own.id);
  const mark = isOwn ? own : { id: content, target: ELSEWHERE };
  const draft = draftRow(picture, mark, parts.rows.get(mark.id));
  const png = isOwn ? picture.png : marked(picture, draft);
  await keepFile(parts, draft, { png, pixels: picture.pixels, words: parse(picture.name).name });
  return { id: draft.id, isNew: true };
}

type Mark = NonNullable<ReturnType<typeof readMark>>;

function markOf({ png }: ForeignPicture): Mark | undefined {
  return readMark(readPngTexts(png, { only: ["darkroom"] }));
}

function isThere({ places, rows }: GalleryParts, id: string): boolean {
  const row = rows.get(id);
  return row !== undefined && existsSync(places.fileOf(row));
}

interface Candidates {
  readonly content: string;
  /** The ids that the picture claims. */
  readonly ids: readonly string[];
}

/**
 * The row of the same picture. A claimed id counts only if the stored file confirms it. A file that a person put into
 * the folder has an id made from its first bytes.
 */
async function findKnown(
  parts: GalleryParts,
  { bytes }: ForeignPicture,
  { content, ids }: Candidates,
): Promise<ImageRow | undefined> {
  const head = contentId(bytes.subarray(0, HEAD_BYTES), bytes.length);
  for (const id of [content, ...ids, head]) {
    const row = parts.rows.get(id);
    if (row === undefined || !isThere(parts, id)) continue;
    if (id === content) return row;
    const file = await readFile(parts.places.fileOf(row));
    if (pictureHash(file) === content) return row;
  }
  return undefined;
}

function draftRow(picture: ForeignPicture, mark: Mark, lost: ImageRow | undefined): DraftRow {
  const { recall, pixels, name } = picture;
  const record = keptRecord(recall, pixels);
  if (record === undefined) {
    throw new StudioError("IMAGE_UNREADABLE", {
      file: name,
      reason: "its settings cannot be kept",
    });
  }
  const createdAt = record.createdAt ?? picture.modifiedAt;
  return {
    ...mark,
    record: { ...record, createdAt },
    createdAt,
    isStarred: lost?.isStarred ?? false,
    isTrashed: false,
  };
}

function marked({ png, name }: ForeignPicture, { record, id, target, seconds }: DraftRow) {
  try {
    return markedPng(png, record, { id, target, ...(seconds && { seconds }) });
  } catch (error) {
    if (!(error instanceof PngDamage)) throw error;
    const details = { file: name, reason: error.message };
    throw new StudioError("IMAGE_UNREADABLE", details, { cause: error });
  }
}

/** An id made from the picture without its texts: 80 bits, like our own ids. */
function contentOf({ bytes, png }: ForeignPicture): string {
  return bytes === png
    ? pictureHash(png)
    : createHash("sha256").update(bytes).digest("hex").slice(0, 20);
}

/** Of all PNG chunks except texts and time, which programs rewrite. */
function pictureHash(png: Uint8Array): string {
  const hash = createHash("sha256");
  try {
    for (const { type, whole } of chunksOf(png))
      if (!isTextType(type) && type !== "tIME") hash.update(whole);
  } catch (error) {
    if (!(error instanceof PngDamage)) throw error;
    // The readable part of a damaged file is not the picture.
    hash.update(png);
  }
  return hash.digest("hex").slice(0, 20);
}
