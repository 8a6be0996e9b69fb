import { z } from "zod";
import { endpointIdSchema } from "./endpoints.ts";
import { modelIdSchema } from "./models.ts";
import { PRECISIONS } from "./precision.ts";
import { cacheIntervalSchema, DECODERS, guidanceIntervalSchema, PRESETS } from "./presets.ts";
import { RESIZE_MODES } from "./resize-mode.ts";
import { SCHEDULER_NAMES } from "./schedulers.ts";
import { seedSchema } from "./seed.ts";

/** Maximum side of a picture in pixels: 256 latents, at which the scores of one attention head take 17 GB. */
export const MAX_SIDE = 2048;

/** Maximum characters of a prompt. */
export const MAX_PROMPT = 10_000;

/** Maximum number of styles in a request. */
const MAX_CHOSEN_STYLES = 20;

const side = z.int().min(64).max(MAX_SIDE).multipleOf(8);

/**
 * A request as received. Absent settings are decided when it becomes orders: by the model or endpoint that draws it, at
 * random, or by `REQUEST_DEFAULTS`. Sizes are in pixels.
 */
export const requestSchema = z.strictObject({
  prompt: z.string().max(MAX_PROMPT),
  negativePrompt: z.string().max(MAX_PROMPT).optional(),
  steps: z.int().min(1).max(1000).optional(),
  /** From 0 to 1 means no guidance; distilled models use 0. */
  guidanceScale: z.number().min(0).max(100).optional(),
  width: side.optional(),
  height: side.optional(),
  /** The first picture's seed; picture i uses seed + i. */
  seed: seedSchema.optional(),
  /** Number of pictures. */
  count: z.int().min(1).max(100).optional(),
  scheduler: z.enum(SCHEDULER_NAMES).optional(),
  /**
   * The precision of the UNet's products on a CPU: int8 is 1.5 to 2 times as fast in half the memory, and slightly
   * less exact.
   */
  precision: z.enum(["auto", ...PRECISIONS]).optional(),
  /** How much work goes into a picture; settings in the request take precedence over the preset's. */
  preset: z.enum(PRESETS).optional(),
  /** The part of the run with guidance; all of it by default. */
  guidanceInterval: guidanceIntervalSchema.optional(),
  /** Every n-th evaluation runs the whole UNet; absent if all do. */
  cacheInterval: cacheIntervalSchema.optional(),
  /** If absent, the model's own, or the tiny one for Fast if the settings say so. */
  decoder: z.enum(DECODERS).optional(),
  /** How far image to image may depart from its start image: 1 ignores it. */
  strength: z.number().gt(0).max(1).optional(),
  /** A model's id in the store; by default the one chosen in the settings. */
  model: modelIdSchema.optional(),
  /** The start image: an id returned by `generation.addInitImage`. */
  initImageId: z.string().max(64).optional(),
  /** How the start image is resized; stretched if absent. */
  resizeMode: z.enum(RESIZE_MODES).optional(),
  /** Names of saved styles, applied in this order. */
  styles: z.array(z.string().max(100)).max(MAX_CHOSEN_STYLES).optional(),
  /** Where to draw: this device, or an inference endpoint by its id. */
  target: endpointIdSchema.optional(),
});
export type GenerationRequest = z.output<typeof requestSchema>;

/** Defaults of settings that neither a model nor an endpoint decides. Strength as in StableDiffusionImg2ImgPipeline. */
export const REQUEST_DEFAULTS = { negativePrompt: "", count: 1, strength: 0.8 } as const;
