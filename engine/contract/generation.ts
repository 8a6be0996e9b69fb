import { z } from "zod";
import { errorSchema } from "./errors.ts";
import { recordSchema } from "./image-record.ts";
import { orderSchema } from "./order.ts";
import { progressSchema } from "./progress.ts";
import { requestSchema } from "./request.ts";

/** The target for this machine's own device. */
export const LOCAL_TARGET = "local";

/** Limits the other targets of a press, since each makes the queue's rows longer. */
const MAX_ELSEWHERE = 20;

/** A request, and whether it goes in front of everything that waits. */
export const enqueueSchema = requestSchema.extend({
  isFirst: z.boolean().optional(),
  /**
   * The same pictures as requests to other targets, in the order in which they are tried if a request was never sent.
   */
  elsewhere: z.array(requestSchema).max(MAX_ELSEWHERE).optional(),
});

/** What another target would draw instead. */
export const otherOrderSchema = z.object({ target: z.string(), order: orderSchema });
export type OtherOrder = z.output<typeof otherOrderSchema>;

/**
 * A generation's state. `waiting` and `running` are open, the others have ended. `interrupted` was running when the
 * host ended: it can be tried again with the same seed.
 */
export const GENERATION_STATES = [
  "waiting",
  "running",
  "done",
  "failed",
  "cancelled",
  "interrupted",
] as const;
export type GenerationState = (typeof GENERATION_STATES)[number];

/** An order and its result: a row of the queue. */
export const generationSchema = z.object({
  id: z.string(),
  state: z.enum(GENERATION_STATES),
  order: orderSchema,
  /** Where it is drawn: `local`, or an inference endpoint's id. */
  target: z.string(),
  createdAt: z.iso.datetime(),
  startedAt: z.iso.datetime().optional(),
  endedAt: z.iso.datetime().optional(),
  /** Only while it runs. */
  progress: progressSchema.optional(),
  /** The picture in the gallery; only when done. */
  imageId: z.string().optional(),
  /** Why it failed; for a cancelled or interrupted one, that a server may still be working on it. */
  error: errorSchema.optional(),
  /** Where it is tried next if its request was never sent; absent if nowhere. */
  elsewhere: z.array(otherOrderSchema).optional(),
  /** Where it was tried before, and why its request was never sent, in order; absent if nowhere. */
  tried: z.array(z.object({ target: z.string(), error: errorSchema })).optional(),
});
export type Generation = z.output<typeof generationSchema>;

/** The same for generations that were added together: those of one request, or of one grid. */
export function batchOf({ createdAt, order }: Pick<Generation, "createdAt" | "order">): string {
  return order.grid?.id ?? createdAt;
}

/** The whole queue: open generations in drawing order, then the latest ended ones. */
export const queueSchema = z.object({
  isPaused: z.boolean(),
  generations: z.array(generationSchema),
});
export type Queue = z.output<typeof queueSchema>;

/** The memory that a picture needs. */
export const pictureMemorySchema = z.object({
  neededBytes: z.int(),
  /** The memory that there is; only if that is less. */
  totalBytes: z.int().optional(),
  /** Side in pixels of the largest square that fits; absent if none does. */
  largestSide: z.int().optional(),
});
export type PictureMemory = z.output<typeof pictureMemorySchema>;

/** How long an order would take. */
export const estimateSchema = z.object({
  /** Seconds per picture, with the model loaded. */
  seconds: z.number(),
  /** 0 if an endpoint decides the number of steps. */
  secondsPerStep: z.number(),
  /** Seconds to load the model first; 0 if it is loaded. */
  loadSeconds: z.number(),
  /** `measured` from pictures drawn there with this model; `estimated` from the device's probe. */
  basis: z.enum(["measured", "estimated"]),
  /** Number of an endpoint's pictures that this is based on; absent for this device. */
  pictures: z.int().optional(),
  /** Absent if it is drawn elsewhere. */
  memory: pictureMemorySchema.optional(),
});
export type Estimate = z.output<typeof estimateSchema>;

/** A prompt's number of tokens, and where the text encoder stops reading. */
export const tokenCountSchema = z.object({
  /** Number of tokens in the text, without start and end markers. */
  count: z.int(),
  /** How many of them the text encoder reads: 75 in most models. */
  limit: z.int(),
  /** Index in the prompt (UTF-16 units) from which nothing is read; absent if everything is read. */
  cutAt: z.int().optional(),
});
export type TokenCount = z.output<typeof tokenCountSchema>;

/** A start image, stored by its content. */
export const initImageSchema = z.object({
  id: z.string(),
  width: z.int(),
  height: z.int(),
  /** Signed; expires. */
  address: z.string(),
});
export type InitImage = z.output<typeof initImageSchema>;

/** How a dropped picture was made, and by which program. */
export const recallSchema = z.object({
  record: recordSchema.partial(),
  /** The program that wrote it, if its format says so. */
  writer: z.enum([
    "darkroom",
    "a1111",
    "invokeai",
    "comfyui",
    "fooocus",
    "stability-matrix",
    "draw-things",
  ]),
});
export type Recall = z.output<typeof recallSchema>;
