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
 * What of an endpoint's start was seen: its router has no pod to hand requests to; what was asked is held until one is
 * there, as Knative's activator does; a server answers, and its model is not ready.
 */
export const START_PHASES = ["no-pod", "held", "loading"] as const;
export type StartPhase = (typeof START_PHASES)[number];

/** An endpoint that is starting: scaled to zero, or being deployed. */
export const startingSchema = z.object({
  /** Since it was first seen. */
  elapsedSeconds: z.number(),
  /** Every phase in the order it was seen, with when it began. */
  phases: z.array(z.object({ phase: z.enum(START_PHASES), fromSeconds: z.number() })).min(1),
  /** What its last start took; absent before the first. */
  lastSeconds: z.number().optional(),
  /** How long it is waited for in all. */
  limitSeconds: z.number(),
});
export type Starting = z.output<typeof startingSchema>;

const PHASE_WORDS: Readonly<Record<StartPhase, string>> = {
  "no-pod": "its router has no pod yet",
  held: "no answer yet, its pod may be starting",
  loading: "its model is loading",
};

/** Where a start is, in one line. */
export function startingWords({ phases, elapsedSeconds, lastSeconds }: Starting): string {
  const phase = PHASE_WORDS[phases.at(-1)?.phase ?? "held"];
  const last = lastSeconds === undefined ? "" : `, ${Math.round(lastSeconds)} s last time`;
  return `${phase}, ${Math.round(elapsedSeconds)} s so far${last}`;
}

/**
 * What a running generation is at. `preparing` widens a half model for the CPU, once per model; `starting` waits for
 * an endpoint that is not up, which has not been sent anything of the picture; `asking` waits for its picture, of
 * which it tells nothing until it is there.
 */
export const STAGES = [
  "loading",
  "preparing",
  "denoising",
  "decoding",
  "saving",
  "asking",
  "starting",
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
  /** Only of `starting`. */
  starting: startingSchema.optional(),
  /** Of `asking`: how long the endpoint took to start before; absent where it was up. */
  startedSeconds: z.number().optional(),
  /** Of `asking`: whether the request has left, so that a server may go on with it after a cancel. */
  isSent: z.boolean().optional(),
  /** Of `asking`: which attempt this is, from the second on, after the endpoint had no room. */
  attempt: z.int().optional(),
  /** Of `preparing`: part done, 0 to 1. */
  share: z.number().optional(),
  /** Signed address of a small picture: of the noise before the first step, then of what the last step took the picture for. */
  preview: z.string().optional(),
});
export type Progress = z.output<typeof progressSchema>;
