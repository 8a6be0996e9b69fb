import { z } from "zod";
import { cellSchema } from "./grid.ts";
import { PRECISIONS } from "./precision.ts";
import { cacheIntervalSchema, DECODERS, guidanceIntervalSchema, PRESETS } from "./presets.ts";
import { RESIZE_MODES } from "./resize-mode.ts";
import { SCHEDULER_NAMES } from "./schedulers.ts";
import { seedAfter, seedSchema } from "./seed.ts";

/**
 * What will be drawn: one picture, with everything decided that is ours to decide. It is what the queue
 * stores, the pages show and an endpoint is sent. Sizes are in pixels.
 */
export const orderSchema = z.object({
  /** A model's id in the store, or the name of an endpoint's model. */
  model: z.string().min(1).max(300),
  prompt: z.string(),
  negativePrompt: z.string(),
  /**
   * Absent only where an endpoint decides it, as are guidance scale and seed: it is not asked for them.
   */
  steps: z.int().optional(),
  guidanceScale: z.number().optional(),
  seed: seedSchema.optional(),
  /** Absent where an endpoint decides it, and where the model's own scheduler has no name of ours. */
  scheduler: z.enum(SCHEDULER_NAMES).optional(),
  /** Absent where it is the device's own. */
  precision: z.enum(PRECISIONS).optional(),
  /** By which it was asked for, where it was by one; what it stands for is decided. */
  preset: z.enum(PRESETS).optional(),
  /** Absent where guidance works in the whole run. */
  guidanceInterval: guidanceIntervalSchema.optional(),
  /** Which evaluations run the whole UNet: every so many; absent where all do. */
  cacheInterval: cacheIntervalSchema.optional(),
  /** Absent where the preset and the settings decide it when it is drawn. */
  decoder: z.enum(DECODERS).optional(),
  width: z.int(),
  height: z.int(),
  /** Whether an endpoint decides the size; width and height are what to expect then. */
  isSizeOpen: z.literal(true).optional(),
  /** The styles that were put around what was typed; absent, with both texts, where there was none. */
  styles: z.array(z.string()).optional(),
  typedPrompt: z.string().optional(),
  typedNegativePrompt: z.string().optional(),
  /** Its place among the pictures of a grid. */
  grid: cellSchema.optional(),
  /** Only with a start image. */
  strength: z.number().optional(),
  initImageId: z.string().optional(),
  /** Absent where the start image is stretched. */
  resizeMode: z.enum(RESIZE_MODES).optional(),
});
export type Order = z.output<typeof orderSchema>;

/** Orders for `count` pictures: the first, and the same with the seeds that come after its own. */
export function ordersFrom(first: Order, count: number): [Order, ...Order[]] {
  const { seed } = first;
  const later = Array.from({ length: count - 1 }, (_, i) =>
    seed === undefined ? first : { ...first, seed: seedAfter(seed, i + 1) },
  );
  return [first, ...later];
}
