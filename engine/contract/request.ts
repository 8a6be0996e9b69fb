import { z } from "zod";
import { endpointIdSchema } from "./endpoints.ts";
import { modelIdSchema } from "./models.ts";
import { PRECISIONS } from "./precision.ts";
import { cacheIntervalSchema, DECODERS, guidanceIntervalSchema, PRESETS } from "./presets.ts";
import { RESIZE_MODES } from "./resize-mode.ts";
import { SCHEDULER_NAMES } from "./schedulers.ts";
import { seedSchema } from "./seed.ts";

/** Largest side of a picture, in pixels: 256 latents, beyond which attention alone takes 17 GB. */
export const MAX_SIDE = 2048;

/** Characters of a prompt. */
export const MAX_PROMPT = 10_000;

/** Styles of one request. */
const MAX_CHOSEN_STYLES = 20;

const side = z.int().min(64).max(MAX_SIDE).multipleOf(8);

/**
 * What is asked for, as it came. What is absent is decided when the request becomes orders: by the model
 * or the endpoint that draws it, by chance, or by `REQUEST_DEFAULTS`. Sizes are in pixels.
 */
export const requestSchema = z.strictObject({
  prompt: z.string().max(MAX_PROMPT),
  negativePrompt: z.string().max(MAX_PROMPT).optional(),
  steps: z.int().min(1).max(1000).optional(),
  /** From 0 to 1 is without guidance; distilled models ask for 0. */
  guidanceScale: z.number().min(0).max(100).optional(),
  width: side.optional(),
  height: side.optional(),
  /** The first picture's seed; picture i uses seed + i. */
  seed: seedSchema.optional(),
  /** Pictures. */
  count: z.int().min(1).max(100).optional(),
  scheduler: z.enum(SCHEDULER_NAMES).optional(),
  /** Of the UNet's products on a CPU: int8 is about twice as fast in a third of the memory, and slightly off. */
  precision: z.enum(["auto", ...PRECISIONS]).optional(),
  /** How much work goes into it; what is named beside it goes before what the preset says. */
  preset: z.enum(PRESETS).optional(),
  /** Where in the run guidance works; the whole of it by default. */
  guidanceInterval: guidanceIntervalSchema.optional(),
  /** Which evaluations run the whole UNet: every so many; absent where all do. */
  cacheInterval: cacheIntervalSchema.optional(),
  /** Absent: the model's own, or for Fast the tiny one where settings say so. */
  decoder: z.enum(DECODERS).optional(),
  /** How far image to image may go from its start image: 1 ignores it. */
  strength: z.number().gt(0).max(1).optional(),
  /** A model's id in the store; the one chosen in settings where it is absent. */
  model: modelIdSchema.optional(),
  /** The start image: an id that `generation.addInitImage` gave. */
  initImageId: z.string().max(64).optional(),
  /** How the start image comes to the size; stretched where it is absent. */
  resizeMode: z.enum(RESIZE_MODES).optional(),
  /** Saved styles by their names, put around the prompts in this order. */
  styles: z.array(z.string().max(100)).max(MAX_CHOSEN_STYLES).optional(),
  /** Where to draw: this device, or an inference endpoint by its id. */
  target: endpointIdSchema.optional(),
});
export type GenerationRequest = z.output<typeof requestSchema>;

/** What neither a model nor an endpoint decides. Strength as in StableDiffusionImg2ImgPipeline. */
export const REQUEST_DEFAULTS = { negativePrompt: "", count: 1, strength: 0.8 } as const;
