import type { Recall } from "../contract/generation.ts";
import {
  type ForeignRecord,
  type GenerationRecord,
  recordSchema,
} from "../contract/image-record.ts";
import type { Size } from "./resize.ts";

/** The valid fields of a record, without all others. */
export function keepValid(fields: Readonly<Record<string, unknown>>): ForeignRecord {
  const valid = Object.entries(recordSchema.shape).filter(
    ([name, schema]) => fields[name] !== undefined && schema.safeParse(fields[name]).success,
  );
  return Object.fromEntries(valid.map(([name]) => [name, fields[name]]));
}

/** Replaces names that a picture does not contain. */
const UNKNOWN = "unknown";

/** The settings that decide how a picture looks. */
const DECISIVE = ["prompt", "steps", "guidanceScale", "seed", "scheduler"] as const;

/**
 * The record of a picture that the user imports, with everything it contains: only its size, if it contains nothing
 * else.
 */
export function keptRecord(
  recall: Recall | undefined,
  { width, height }: Size,
): GenerationRecord | undefined {
  return recordSchema.safeParse({
    prompt: "",
    negativePrompt: "",
    model: UNKNOWN,
    device: UNKNOWN,
    software: recall?.writer ?? UNKNOWN,
    version: UNKNOWN,
    ...recall?.record,
    width,
    height,
  }).data;
}

/**
 * The record of a picture of this size. For another program's picture all settings that decide how it looks are
 * required, otherwise undefined. Our own are taken as they are: an endpoint may not have reported all settings.
 */
export function completeRecord(recall: Recall, size: Size): GenerationRecord | undefined {
  if (recall.writer !== "darkroom" && DECISIVE.some((name) => recall.record[name] === undefined))
    return undefined;
  return keptRecord(recall, size);
}
