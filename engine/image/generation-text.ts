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

/** The keywords of the texts in a picture that say how it was made: ours and A1111's. */
export const GENERATION_KEYS = ["darkroom", "parameters"] as const;

/** Format version; increased when today's records could no longer be read, not for new fields. */
const FORMAT = 1;

/**
 * What the gallery stores about a picture besides its record. It is kept in the picture as well, so that the gallery's
 * index can be rebuilt from the pictures.
 */
const markSchema = z.object({
  id: imageIdSchema,
  target: z.string().min(1).max(100),
  seconds: secondsSchema.optional(),
});
export type GalleryMark = z.output<typeof markSchema>;

/**
 * The PNG with its record in front of the image data: as our JSON, and as A1111's text for other programs. This is done
 * once, when a picture leaves the studio or is added to the gallery. Throws PngDamage.
 */
export function recordedPng(
  png: Uint8Array,
  record: GenerationRecord,
  mark?: GalleryMark,
): Uint8Array {
  return addPngTexts(png, generationTexts(record, mark));
}

/**
 * Another program's PNG with what the gallery knows about it, only as our JSON: its own texts stay unchanged. Throws
 * PngDamage.
 */
export function markedPng(
  png: Uint8Array,
  record: GenerationRecord,
  mark: GalleryMark,
): Uint8Array {
  const texts = [...generationTexts(record, mark)].filter(([keyword]) => keyword === "darkroom");
  return addPngTexts(png, new Map(texts));
}

/** The texts to write into a picture, by keyword. */
export function generationTexts(
  record: GenerationRecord,
  mark?: GalleryMark,
): ReadonlyMap<string, string> {
  // Only the schema's own fields are written.
  const fields = Object.keys(recordSchema.shape).map((name) => [name, Reflect.get(record, name)]);
  const gallery = mark && markSchema.parse(mark);
  return new Map([
    ["darkroom", JSON.stringify({ format: FORMAT, ...Object.fromEntries(fields), gallery })],
    ["parameters", formatParameters(record)],
  ]);
}

/**
 * How a picture was made according to its texts: everything if our own is present and valid, otherwise what A1111's
 * text says; undefined if there is neither.
 */
export function readGeneration(texts: ReadonlyMap<string, string>): ForeignRecord | undefined {
  const parameters = texts.get("parameters");
  return (
    readOwnRecord(texts) ?? (parameters === undefined ? undefined : parseParameters(parameters))
  );
}

/** The record in our own text; undefined if it is missing or invalid. */
export function readOwnRecord(texts: ReadonlyMap<string, string>): GenerationRecord | undefined {
  return recordSchema.safeParse(readOwn(texts)).data;
}

/** The gallery's data in our own text; undefined for a picture that was never in a gallery. */
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
