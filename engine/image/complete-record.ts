import type { Recall } from "../contract/generation.ts";
import { type GenerationRecord, recordSchema } from "../contract/image-record.ts";
import type { Size } from "./resize.ts";

/** What takes the place of names that a picture does not tell. */
const UNKNOWN = "unknown";

/**
 * The record of a picture that another studio made, of this size. What decides how it looks must be
 * told: prompt, steps, guidance scale, seed and scheduler; otherwise undefined.
 */
export function completeRecord(
  recall: Recall,
  { width, height }: Size,
): GenerationRecord | undefined {
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
