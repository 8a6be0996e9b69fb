import { z } from "zod";
import { cellSchema } from "./grid.ts";
import { USED_PRECISIONS } from "./precision.ts";
import { cacheIntervalSchema, DECODERS, guidanceIntervalSchema, PRESETS } from "./presets.ts";
import { RESIZE_MODES } from "./resize-mode.ts";
import { SCHEDULER_NAMES } from "./schedulers.ts";
import { seedSchema } from "./seed.ts";

/** Longest prompt of a record: what other studios wrote may be longer than what ours accepts. */
const MAX_PROMPT = 100_000;

/** Largest side of a picture, in pixels, that the studio reads. */
const MAX_PICTURE_SIDE = 8192;

const side = z.int().min(1).max(MAX_PICTURE_SIDE);

/** Only digits reach seedSchema, whose last check throws where there are others. */
const seed = z.string().regex(/^\d+$/).pipe(seedSchema);

/** A name of software or a version: one word. */
const word = z.string().regex(/^[\w.+-]{1,40}$/);

/**
 * How one picture was made: what the gallery keeps and what travels inside the picture. It holds
 * names only, by design: no path, no token, nothing about the person or the machine. What an endpoint
 * chose and did not tell is absent.
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
  /** A hash of the model's files, which tells models of one name apart. */
  modelFingerprint: z.string().min(1).max(200).optional(),
  /** The device that drew it. */
  device: z.string().min(1).max(100),
  /** What the UNet's products were computed in; absent in pictures of endpoints and of versions that did not tell. */
  precision: z.enum(USED_PRECISIONS).optional(),
  /** What decoded its latents; absent where that was the model's own VAE. */
  decoder: z.enum(DECODERS).optional(),
  /** By which it was asked for; the settings above and below are what was drawn with. */
  preset: z.enum(PRESETS).optional(),
  /** Where in the run guidance worked; absent where that was the whole of it. */
  guidanceInterval: guidanceIntervalSchema.optional(),
  /** Which evaluations run the whole UNet: every so many; absent where all do. */
  cacheInterval: cacheIntervalSchema.optional(),
  /** Only where the picture grew out of another one. */
  strength: z.number().gt(0).max(1).optional(),
  /** The start image by the SHA-256 of its file, which says nothing of what it shows; absent in pictures of versions that did not tell. */
  initImageId: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
  /** How the start image came to the size; absent where it was stretched. */
  resizeMode: z.enum(RESIZE_MODES).optional(),
  /** The saved styles that were put around what was typed; the prompts above are what was drawn. */
  styles: z.array(z.string().max(100)).max(100).optional(),
  typedPrompt: z.string().max(MAX_PROMPT).optional(),
  typedNegativePrompt: z.string().max(MAX_PROMPT).optional(),
  /** Its place in a grid; without one, it is the grid's contact sheet. */
  grid: cellSchema.optional(),
  createdAt: z.iso.datetime().optional(),
  software: word,
  version: word,
});
export type GenerationRecord = z.output<typeof recordSchema>;

/** What is known of a picture that another studio made. */
export type ForeignRecord = Partial<GenerationRecord>;
