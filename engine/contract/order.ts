import { z } from "zod";
import { cellSchema } from "./grid.ts";
import { PRECISIONS } from "./precision.ts";
import { cacheIntervalSchema, DECODERS, guidanceIntervalSchema, PRESETS } from "./presets.ts";
import { RESIZE_MODES } from "./resize-mode.ts";
import { SCHEDULER_NAMES } from "./schedulers.ts";
import { seedAfter, seedSchema } from "./seed.ts";

/**
 * One picture to draw, with every setting decided that is ours to decide: what the queue stores, pages show and
 * endpoints are sent. Sizes are in pixels.
 */
export const orderSchema = z.object({
  /** A model's id in the store, or the name of an endpoint's model. */
  model: z.string().min(1).max(300),
  prompt: z.string(),
  negativePrompt: z.string(),
  /** Absent only if an endpoint decides it and it is not sent; so for guidance scale and seed. */
  steps: z.int().optional(),
  guidanceScale: z.number().optional(),
  seed: seedSchema.optional(),
  /** Absent if an endpoint decides it, or if we have no name for the model's own scheduler. */
  scheduler: z.enum(SCHEDULER_NAMES).optional(),
  /** Absent for the device's own. */
  precision: z.enum(PRECISIONS).optional(),
  /** The requested preset, if any; its settings are already decided. */
  preset: z.enum(PRESETS).optional(),
  /** Absent if guidance is used in the whole run. */
  guidanceInterval: guidanceIntervalSchema.optional(),
  /** Every n-th evaluation runs the whole UNet; absent if all do. */
  cacheInterval: cacheIntervalSchema.optional(),
  /** Absent if the preset and the settings decide it at drawing time. */
  decoder: z.enum(DECODERS).optional(),
  width: z.int(),
  height: z.int(),
  /** Whether an endpoint decides the size; width and height are then the expected ones. */
  isSizeOpen: z.literal(true).optional(),
  /** The styles that were applied; absent, with both typed texts, if there were none. */
  styles: z.array(z.string()).optional(),
  typedPrompt: z.string().optional(),
  typedNegativePrompt: z.string().optional(),
  /** Its position in a grid. */
  grid: cellSchema.optional(),
  /** Only with a start image. */
  strength: z.number().optional(),
  initImageId: z.string().optional(),
  /** Absent if the start image is stretched. */
  resizeMode: z.enum(RESIZE_MODES).optional(),
});
export type Order = z.output<typeof orderSchema>;

/** The settings that decide how much work a picture is, of an order or of a record. */
type Work = Pick<Order, "steps" | "width" | "height">;

/**
 * The work of an order as a multiple of another picture's: by steps and pixels, as far as the order decides them and
 * both are known.
 */
export function workRatio(
  { steps, isSizeOpen, ...order }: Work & Pick<Order, "isSizeOpen">,
  other: Work,
): number {
  const inSteps = steps === undefined ? 1 : steps / (other.steps ?? steps);
  const inPixels = (order.width * order.height) / (other.width * other.height);
  return isSizeOpen === true ? inSteps : inSteps * inPixels;
}

/** Orders for `count` pictures: the first, and copies with the following seeds. */
export function ordersFrom(first: Order, count: number): [Order, ...Order[]] {
  const { seed } = first;
  const later = Array.from({ length: count - 1 }, (_, i) =>
    seed === undefined ? first : { ...first, seed: seedAfter(seed, i + 1) },
  );
  return [first, ...later];
}
