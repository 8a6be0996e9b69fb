import {
  type ForeignRecord,
  type GenerationRecord,
  recordSchema,
} from "../contract/image-record.ts";
import { formatParameters, parseParameters } from "./parameters-text.ts";

/** The keywords of the texts in which pictures tell how they were made: ours and A1111's. */
export const GENERATION_KEYS = ["darkroom", "parameters"] as const;

/** Counts up when a record of today could no longer be read as one; new fields do not. */
const FORMAT = 1;

/** What to write into a picture: the record as our JSON, and as A1111's text for other programs. */
export function generationTexts(record: GenerationRecord): ReadonlyMap<string, string> {
  // JSON takes the fields of the schema and no others, so nothing else travels with a picture.
  const fields = ["format", ...Object.keys(recordSchema.shape)];
  return new Map([
    ["darkroom", JSON.stringify({ format: FORMAT, ...record }, fields)],
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
    readOwn(texts.get("darkroom")) ??
    (parameters === undefined ? undefined : parseParameters(parameters))
  );
}

function readOwn(text: string | undefined): GenerationRecord | undefined {
  if (text === undefined) return undefined;
  const value = parseJson(text);
  const isOurs =
    typeof value === "object" && value !== null && "format" in value && value.format === FORMAT;
  return isOurs ? recordSchema.safeParse(value).data : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
