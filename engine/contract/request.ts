import { z } from "zod";
import { SCHEDULER_NAMES } from "./schedulers.ts";
import { seedSchema } from "./seed.ts";

/** Largest side of a picture, in pixels: 256 latents, beyond which attention alone takes 17 GB. */
export const MAX_SIDE = 2048;

const side = z.int().min(64).max(MAX_SIDE).multipleOf(8);

/** What a person may ask for; what is absent is the model's own choice. Sizes are in pixels. */
export const generationRequestSchema = z.strictObject({
  prompt: z.string().max(10_000),
  negativePrompt: z.string().max(10_000).default(""),
  steps: z.int().min(1).max(1000).optional(),
  /** From 0 to 1 is without guidance; distilled models ask for 0. */
  guidanceScale: z.number().min(0).max(100).optional(),
  width: side.optional(),
  height: side.optional(),
  /** The first picture's seed; picture i uses seed + i. */
  seed: seedSchema.optional(),
  count: z.int().min(1).max(100).default(1),
  scheduler: z.enum(SCHEDULER_NAMES).optional(),
  /** How far image to image may go from its picture: 1 forgets it. */
  strength: z.number().gt(0).max(1).default(0.8),
});
export type GenerationRequest = z.output<typeof generationRequestSchema>;
