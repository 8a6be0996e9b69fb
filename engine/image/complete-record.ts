import type { Recall } from "../contract/generation.ts";
import { type GenerationRecord, recordSchema } from "../contract/image-record.ts";
import type { Size } from "./resize.ts";

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
