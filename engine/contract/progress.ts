import { z } from "zod";

/** Seconds that one picture took; loading and text are the run's, denoising and decoding its own. */
export const secondsSchema = z.object({
  load: z.number(),
  text: z.number(),
  denoise: z.number(),
  decode: z.number(),
});
export type Seconds = z.output<typeof secondsSchema>;

/**
 * What a running generation is at. `preparing` widens a half model for the CPU, once per model; `asking`
 * waits for an endpoint, which tells nothing until its picture is there.
 */
export const STAGES = [
  "loading",
  "preparing",
  "denoising",
  "decoding",
  "saving",
  "asking",
] as const;

/** How far a running generation is. */
export const progressSchema = z.object({
  stage: z.enum(STAGES),
  /** Steps done, 0 to steps; both 0 at an endpoint. */
  step: z.int(),
  steps: z.int(),
  /** The median of the last steps; absent before the first. */
  secondsPerStep: z.number().optional(),
  /** Until the picture is there, by the speed so far. */
  secondsLeft: z.number().optional(),
  /** Of `asking`: since the endpoint was first asked for this picture. */
  elapsedSeconds: z.number().optional(),
  /** Of `asking`: the median of what the endpoint took lately; absent before its first picture. */
  expectedSeconds: z.number().optional(),
  /** Of `asking`: which attempt this is, from the second on, after the endpoint had no room. */
  attempt: z.int().optional(),
  /** Of `preparing`: part done, 0 to 1. */
  share: z.number().optional(),
  /** Signed address of a small picture: of the noise before the first step, then of what the last step took the picture for. */
  preview: z.string().optional(),
});
export type Progress = z.output<typeof progressSchema>;
