import { z } from "zod";
import { imageIdSchema } from "../contract/image-id.ts";
import {
  type ForeignRecord,
  type GenerationRecord,
  recordSchema,
} from "../contract/image-record.ts";
import { secondsSchema } from "../contract/progress.ts";
import { formatParameters, parseParameters } from "./parameters-text.ts";
import { addPngTexts } from "./png/png-text.ts";

/** The keywords of the texts in which pictures tell how they were made: ours and A1111's. */
export const GENERATION_KEYS = ["darkroom", "parameters"] as const;

/** Counts up when a record of today could no longer be read as one; new fields do not. */
const FORMAT = 1;

/**
 * What the gallery knows of a picture beside its record. It travels with the picture, so that the
 * gallery's index can be built anew from the pictures alone.
 */
const markSchema = z.object({
  id: imageIdSchema,
  target: z.string().min(1).max(100),
  seconds: secondsSchema.optional(),
});
export type GalleryMark = z.output<typeof markSchema>;

/**
 * The PNG with how it was made in front of the picture: the record as our JSON, and as A1111's text for
 * other programs. A picture gets it once, where it leaves the studio or enters the gallery. Throws PngDamage.
 */
export function recordedPng(
  png: Uint8Array,
  record: GenerationRecord,
  mark?: GalleryMark,
): Uint8Array {
  return addPngTexts(png, generationTexts(record, mark));
}

/** The texts that are written into a picture, by keyword. */
export function generationTexts(
  record: GenerationRecord,
  mark?: GalleryMark,
): ReadonlyMap<string, string> {
  // The schema's own fields and no others, so that nothing else travels with a picture.
  const fields = Object.keys(recordSchema.shape).map((name) => [name, Reflect.get(record, name)]);
  const gallery = mark && markSchema.parse(mark);
  return new Map([
    ["darkroom", JSON.stringify({ format: FORMAT, ...Object.fromEntries(fields), gallery })],
    ["parameters", formatParameters(record)],
  ]);
}

/**
 * How a picture was made, by its texts: all of it where ours is there and sound, otherwise what
 * A1111's text tells; undefined where neither does.
 */
export function readGeneration(texts: ReadonlyMap<string, string>): ForeignRecord | undefined {
  const parameters = texts.get("parameters");
  return (
    readOwnRecord(texts) ?? (parameters === undefined ? undefined : parseParameters(parameters))
  );
}

/** The record in our own text; undefined where it is not there or not sound. */
export function readOwnRecord(texts: ReadonlyMap<string, string>): GenerationRecord | undefined {
  return recordSchema.safeParse(readOwn(texts)).data;
}

/** The gallery's mark in our own text; undefined for pictures that were never in a gallery. */
export function readMark(texts: ReadonlyMap<string, string>): GalleryMark | undefined {
  return markSchema.safeParse(readOwn(texts)?.["gallery"]).data;
}

function readOwn(texts: ReadonlyMap<string, string>): Record<string, unknown> | undefined {
  const { data } = ownSchema.safeParse(parseJson(texts.get("darkroom") ?? ""));
  return data;
}

const ownSchema = z.looseObject({ format: z.literal(FORMAT) });

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
