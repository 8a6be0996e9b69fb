import { z } from "zod";
import { cellSchema } from "./grid.ts";
import { USED_PRECISIONS } from "./precision.ts";
import { cacheIntervalSchema, DECODERS, guidanceIntervalSchema, PRESETS } from "./presets.ts";
import { RESIZE_MODES } from "./resize-mode.ts";
import { SCHEDULER_NAMES } from "./schedulers.ts";
import { seedSchema } from "./seed.ts";

/** Maximum length of a prompt in a record: other programs accept longer ones than we do. */
const MAX_PROMPT = 100_000;

/** Maximum side of a picture that the studio reads, in pixels. */
const MAX_PICTURE_SIDE = 8192;

const side = z.int().min(1).max(MAX_PICTURE_SIDE);

/** Only digits reach seedSchema, whose last check throws on anything else. */
const seed = z.string().regex(/^\d+$/).pipe(seedSchema);

/** A name of software or a version: one word. */
const word = z.string().regex(/^[\w.+-]{1,40}$/);

/**
 * How a picture was made: stored in the gallery and in the picture itself. By design it contains names only: no path,
 * no token, nothing about the person or the machine. What an endpoint chose and did not report is absent.
 */
export const recordSchema = z.object({
  prompt: z.string().max(MAX_PROMPT),
  negativePrompt: z.string().max(MAX_PROMPT),
  steps: z.int().min(1).max(1000).optional(),
  guidanceScale: z.number().min(0).max(1000).optional(),
  /** This picture's own seed, not the first of its run. */
  seed: seed.optional(),
  width: side,
  height: side,
  scheduler: z.enum(SCHEDULER_NAMES).optional(),
  /** The model's name, never its path. */
  model: z.string().min(1).max(300),
  /** A hash of the model's files, which distinguishes models of the same name. */
  modelFingerprint: z.string().min(1).max(200).optional(),
  /** The device that drew it. */
  device: z.string().min(1).max(100),
  /** The precision of the UNet's products; absent for pictures of endpoints, and of versions that did not store it. */
  precision: z.enum(USED_PRECISIONS).optional(),
  /** Bits of the UNet's weights in int8: 7 on processors that saturate; absent if not in int8 or not stored. */
  weightBits: z.int().optional(),
  /** What decoded its latents; absent for the model's own VAE. */
  decoder: z.enum(DECODERS).optional(),
  /** The requested preset; the other settings are those it was drawn with. */
  preset: z.enum(PRESETS).optional(),
  /** The part of the run with guidance; absent for the whole run. */
  guidanceInterval: guidanceIntervalSchema.optional(),
  /** Every n-th evaluation runs the whole UNet; absent if all do. */
  cacheInterval: cacheIntervalSchema.optional(),
  /** Only for image to image. */
  strength: z.number().gt(0).max(1).optional(),
  /**
   * The start image by the SHA-256 of its file, which reveals nothing of its content; absent in pictures of versions
   * that did not record it.
   */
  initImageId: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
  /** How the start image was resized; absent if it was stretched. */
  resizeMode: z.enum(RESIZE_MODES).optional(),
  /** The saved styles that were applied; the prompts above include them. */
  styles: z.array(z.string().max(100)).max(100).optional(),
  typedPrompt: z.string().max(MAX_PROMPT).optional(),
  typedNegativePrompt: z.string().max(MAX_PROMPT).optional(),
  /** Its position in a grid; without one, it is the grid's contact sheet. */
  grid: cellSchema.optional(),
  createdAt: z.iso.datetime().optional(),
  software: word,
  version: word,
});
export type GenerationRecord = z.output<typeof recordSchema>;

/** What is known about another program's picture. */
export type ForeignRecord = Partial<GenerationRecord>;
