import { z } from "zod";

/** The seconds of a picture by stage; loading and text belong to its run, denoising and decoding to itself. */
export const secondsSchema = z.object({
  load: z.number(),
  text: z.number(),
  denoise: z.number(),
  decode: z.number(),
});
export type Seconds = z.output<typeof secondsSchema>;

/**
 * The phases of an endpoint's start: its router has no pod for requests; requests are held until there is one, as
 * Knative's activator does; a server answers, but its model is not ready.
 */
export const START_PHASES = ["no-pod", "held", "loading"] as const;
export type StartPhase = (typeof START_PHASES)[number];

/** An endpoint that is starting: from zero replicas, or being deployed. */
export const startingSchema = z.object({
  /** Since it was first noticed. */
  elapsedSeconds: z.number(),
  /** Every phase in order, with its beginning. */
  phases: z.array(z.object({ phase: z.enum(START_PHASES), fromSeconds: z.number() })).min(1),
  /** How long its last start took; absent before the first. */
  lastSeconds: z.number().optional(),
  /** How long it is waited for in total. */
  limitSeconds: z.number(),
});
export type Starting = z.output<typeof startingSchema>;

const PHASE_WORDS: Readonly<Record<StartPhase, string>> = {
  "no-pod": "its router has no pod yet",
  held: "no answer yet, its pod may be starting",
  loading: "its model is loading",
};

/** The state of a start in one line. */
export function startingWords({ phases, elapsedSeconds, lastSeconds }: Starting): string {
  const phase = PHASE_WORDS[phases.at(-1)?.phase ?? "held"];
  const last = lastSeconds === undefined ? "" : `, ${Math.round(lastSeconds)} s last time`;
  return `${phase}, ${Math.round(elapsedSeconds)} s so far${last}`;
}

/**
 * The stages of a running generation. `preparing` converts a half-precision model for the CPU, once per model;
 * `starting` waits for an endpoint that is not up, before anything is sent; `asking` waits for an endpoint's picture,
 * without further progress; `text` encodes the prompts, `image` the start image. Names are only added, and a reader
 * takes one that it does not know for drawing.
 */
export const STAGES = [
  "loading",
  "preparing",
  "denoising",
  "decoding",
  "saving",
  "asking",
  "starting",
  "text",
  "image",
] as const;
export type Stage = (typeof STAGES)[number];

/** The progress of a running generation. */
export const progressSchema = z.object({
  stage: z.enum(STAGES),
  /** Number of finished steps; 0 of 0 at an endpoint. */
  step: z.int(),
  steps: z.int(),
  /** Median of the last steps; absent before the first. */
  secondsPerStep: z.number().optional(),
  /** Until the picture is finished, at the current speed. */
  secondsLeft: z.number().optional(),
  /** For `asking`: since the endpoint was first asked for this picture. */
  elapsedSeconds: z.number().optional(),
  /** For `asking`: the median of the endpoint's latest pictures; absent before its first. */
  expectedSeconds: z.number().optional(),
  /** Only for `starting`. */
  starting: startingSchema.optional(),
  /** For `asking`: how long the endpoint took to start before; absent if it was up. */
  startedSeconds: z.number().optional(),
  /** For `asking`: whether the request has been sent, so that a server may continue after a cancel. */
  isSent: z.boolean().optional(),
  /** For `asking`: the attempt's number, from the second on, after the endpoint was busy. */
  attempt: z.int().optional(),
  /** For `preparing`: the finished share, 0 to 1. */
  share: z.number().optional(),
  /** For `preparing`: the copy that is being written; it may be deleted at any time. */
  copy: z.object({ folder: z.string(), sizeBytes: z.number() }).optional(),
  /**
   * Signed address of a small picture: of the noise before the first step, then of the picture that the last step
   * predicts.
   */
  preview: z.string().optional(),
});
export type Progress = z.output<typeof progressSchema>;

const STAGE_WORDS: Readonly<Partial<Record<Stage, string>>> = {
  loading: "Loading the model",
  preparing: "Loading the model",
  text: "Reading the prompt",
  image: "Reading the start image",
  decoding: "Decoding",
  saving: "Saving",
};

/** What is done for a picture that this machine draws, in one line. */
export function stageWords({ stage, step, steps }: Pick<Progress, "stage" | "step" | "steps">) {
  return STAGE_WORDS[stage] ?? `Step ${step} of ${steps}`;
}
