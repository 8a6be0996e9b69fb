import { z } from "zod";
import { errorSchema } from "./errors.ts";
import { recordSchema } from "./image-record.ts";
import { orderSchema } from "./order.ts";
import { progressSchema } from "./progress.ts";
import { requestSchema } from "./request.ts";

/** The target that is this machine's own device. */
export const LOCAL_TARGET = "local";

/** Other targets of a press: each makes its row's orders longer. */
const MAX_ELSEWHERE = 20;

/** What the queue is asked: a request, and whether it goes in front of everything that waits. */
export const enqueueSchema = requestSchema.extend({
  isFirst: z.boolean().optional(),
  /**
   * The same pictures as other targets of the press would be asked for them, in the order in which these are
   * tried where the request never started.
   */
  elsewhere: z.array(requestSchema).max(MAX_ELSEWHERE).optional(),
});

/** What another target would draw in place of the order's own. */
export const otherOrderSchema = z.object({ target: z.string(), order: orderSchema });
export type OtherOrder = z.output<typeof otherOrderSchema>;

/**
 * Where a generation stands. `waiting` and `running` are open; the rest have ended. `interrupted`
 * is one that ran when the host ended: it can be tried again with the same seed.
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

/** One order and its outcome: a row of the queue. */
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
  /** Why it failed; of one that was cancelled or interrupted, that a server may still be working on it. */
  error: errorSchema.optional(),
  /** Where it is tried next if its request never starts; absent where nowhere. */
  elsewhere: z.array(otherOrderSchema).optional(),
  /** Where it was tried before, and why it never started there, first to last; absent where nowhere. */
  tried: z.array(z.object({ target: z.string(), error: errorSchema })).optional(),
});
export type Generation = z.output<typeof generationSchema>;

/** The queue as a whole: open generations in the order they will be drawn, then the latest that have ended. */
export const queueSchema = z.object({
  isPaused: z.boolean(),
  generations: z.array(generationSchema),
});
export type Queue = z.output<typeof queueSchema>;

/** What a picture needs of memory. */
export const pictureMemorySchema = z.object({
  neededBytes: z.int(),
  /** What there is; only where that is less. */
  totalBytes: z.int().optional(),
  /** Pixels of the largest square that fits then; absent where none does. */
  largestSide: z.int().optional(),
});
export type PictureMemory = z.output<typeof pictureMemorySchema>;

/** How long an order would take on this device, before it is pressed. */
export const estimateSchema = z.object({
  /** Seconds of one picture, model loaded. */
  seconds: z.number(),
  secondsPerStep: z.number(),
  /** Seconds of loading the model first; 0 where it is loaded. */
  loadSeconds: z.number(),
  /** `measured` from pictures drawn here with this model; `estimated` from the device's probe. */
  basis: z.enum(["measured", "estimated"]),
  /** Absent where it is drawn elsewhere. */
  memory: pictureMemorySchema.optional(),
});
export type Estimate = z.output<typeof estimateSchema>;

/** How many tokens a prompt is, and where the text encoder stops reading. */
export const tokenCountSchema = z.object({
  /** Tokens of the text, without the start and end marks. */
  count: z.int(),
  /** How many of them the text encoder reads: 75 in most models. */
  limit: z.int(),
  /** Index into the prompt (UTF-16 units) from which nothing is read; absent where all is. */
  cutAt: z.int().optional(),
});
export type TokenCount = z.output<typeof tokenCountSchema>;

/** A picture to start from, kept by its content. */
export const initImageSchema = z.object({
  id: z.string(),
  width: z.int(),
  height: z.int(),
  /** Signed, short-lived. */
  address: z.string(),
});
export type InitImage = z.output<typeof initImageSchema>;

/** What a dropped picture tells of how it was made, and by which program. */
export const recallSchema = z.object({
  record: recordSchema.partial(),
  /** Program that wrote it, as far as its format says. */
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
