import { createHash } from "node:crypto";
import { open, readFile } from "node:fs/promises";
import { StudioError } from "../contract/errors.ts";
import { Turns } from "../files/turns.ts";
import { FOREIGN_KEYS, readForeignTexts } from "../image/foreign/read-foreign.ts";
import { readMark } from "../image/generation-text.ts";
import { completeRecord } from "../image/known-record.ts";
import { pngSize } from "../image/png/png-chunks.ts";
import { readPngTexts } from "../image/png/read-png-texts.ts";
import type { ImageRow } from "./image-row.ts";

/** A picture's texts come first in the file, and are rarely longer. */
export const HEAD_BYTES = 64 << 10;
/** A larger file is not ours, and is not read even for a long head. */
const MAX_BYTES = 64 << 20;

const wholeFiles = new Turns();

/** The target of pictures that other programs drew and a person imported or put into the folder. */
export const ELSEWHERE = "elsewhere";

/** A picture as described by its file. */
export type FoundPicture = Omit<ImageRow, "path" | "isStarred" | "isTrashed">;

/**
 * Reads a picture's row from its file, if the file contains enough to draw it again. The id is the one it was given
 * when it was drawn, or else derived from its content, so that it is always the same. Undefined for other files; disk
 * errors are thrown.
 */
export async function readPicture(path: string): Promise<FoundPicture | undefined> {
  const { head, sizeBytes, modifiedAt } = await readHead(path);
  const size = pngSize(head);
  if (size === undefined) return undefined;
  const texts = await readTexts(path, head, sizeBytes);
  const recall = readForeignTexts(texts);
  const record = recall && completeRecord(recall, size);
  if (record === undefined) return undefined;
  const target = recall?.writer === "darkroom" ? "local" : ELSEWHERE;
  const mark = readMark(texts) ?? { id: contentId(head, sizeBytes), target };
  return {
    ...mark,
    sizeBytes,
    record,
    createdAt: record.createdAt ?? modifiedAt.toISOString(),
  };
}

interface Head {
  readonly head: Uint8Array;
  readonly sizeBytes: number;
  readonly modifiedAt: Date;
}

async function readHead(path: string): Promise<Head> {
  const file = await open(path);
  try {
    const { size, mtime } = await file.stat();
    const buffer = new Uint8Array(Math.min(size, HEAD_BYTES));
    const { bytesRead } = await file.read(buffer);
    return { head: buffer.subarray(0, bytesRead), sizeBytes: size, modifiedAt: mtime };
  } finally {
    await file.close();
  }
}

async function readTexts(
  path: string,
  head: Uint8Array,
  sizeBytes: number,
): Promise<ReadonlyMap<string, string>> {
  const found = tryTexts(head);
  if (found !== undefined || sizeBytes <= HEAD_BYTES || sizeBytes > MAX_BYTES) {
    return found ?? new Map<string, string>();
  }
  // One at a time, or else a folder of large files could fill the memory.
  return (await wholeFiles.take(async () => tryTexts(await readFile(path)))) ?? new Map();
}

/** Undefined if the bytes end, or are damaged, before the image data. */
function tryTexts(bytes: Uint8Array): ReadonlyMap<string, string> | undefined {
  try {
    return readPngTexts(bytes, { only: FOREIGN_KEYS });
  } catch (error) {
    if (error instanceof StudioError) return undefined;
    throw error;
  }
}

/** 80 bits, like our own ids. */
export function contentId(head: Uint8Array, sizeBytes: number): string {
  return createHash("sha256").update(`${sizeBytes} `).update(head).digest("hex").slice(0, 20);
}
