import { z } from "zod";
import { SCHEDULER_NAMES } from "./generation.ts";

/** What a person wants to know of a model before drawing with it. */
export const modelSummarySchema = z.object({
  name: z.string(),
  /** Folder of the snapshot on this machine. */
  folder: z.string(),
  /** Whether it is the small model of drawings that ships with the studio. */
  isStarter: z.boolean(),
  /** What it is and can draw, in one sentence. */
  description: z.string(),
  predictionType: z.enum(["epsilon", "v_prediction"]),
  /** The model's own scheduler; absent where it is none of ours. */
  scheduler: z.enum(SCHEDULER_NAMES).optional(),
  width: z.int(),
  height: z.int(),
  steps: z.int(),
  guidanceScale: z.number(),
  parameters: z.int(),
  /** Bytes of the weight files that are used. */
  sizeBytes: z.int(),
});
export type ModelSummary = z.output<typeof modelSummarySchema>;
