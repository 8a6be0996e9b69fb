import type { Recall } from "../contract/generation.ts";
import {
  type ForeignRecord,
  type GenerationRecord,
  recordSchema,
} from "../contract/image-record.ts";
import type { Size } from "./resize.ts";

/** The fields that a record may have as they are; the rest is left out. */
export function keepValid(fields: Readonly<Record<string, unknown>>): ForeignRecord {
  const valid = Object.entries(recordSchema.shape).filter(
    ([name, schema]) => fields[name] !== undefined && schema.safeParse(fields[name]).success,
  );
  return Object.fromEntries(valid.map(([name]) => [name, fields[name]]));
}

/** What takes the place of names that a picture does not tell. */
const UNKNOWN = "unknown";

/** What decides how a picture looks. */
const DECISIVE = ["prompt", "steps", "guidanceScale", "seed", "scheduler"] as const;

/**
 * The record of a picture, of this size. Where another studio made it, what decides how it looks must
 * be told; otherwise undefined. In ours all is told that is known: an endpoint keeps some to itself.
 */
export function completeRecord(
  recall: Recall,
  { width, height }: Size,
): GenerationRecord | undefined {
  if (recall.writer !== "darkroom" && DECISIVE.some((name) => recall.record[name] === undefined))
    return undefined;
  return recordSchema.safeParse({
    negativePrompt: "",
    model: UNKNOWN,
    device: UNKNOWN,
    software: recall.writer,
    version: UNKNOWN,
    ...recall.record,
    width,
    height,
  }).data;
}
