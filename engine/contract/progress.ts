import { z } from "zod";

/** Seconds that one picture took; loading and text are the run's, denoising and decoding its own. */
export const secondsSchema = z.object({
  load: z.number(),
  text: z.number(),
  denoise: z.number(),
  decode: z.number(),
});
export type Seconds = z.output<typeof secondsSchema>;

/** One step of one picture is done. */
export const progressSchema = z.object({
  /** Which picture of the run, from 0. */
  image: z.int(),
  /** 1 to steps. */
  step: z.int(),
  steps: z.int(),
  /** The median of the last steps. */
  secondsPerStep: z.number(),
});
export type Progress = z.output<typeof progressSchema>;
