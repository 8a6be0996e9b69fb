import type { SchedulerSettings } from "./settings.ts";

/** Turns predictions of the UNet into the next latents. Stateless: a run's state is its `Memory`. */
export interface Scheduler {
  /** The diffusers class that this equals. */
  readonly className: string;
  /** Where this class's defaults differ from the common ones. */
  readonly defaults: Partial<SchedulerSettings>;
  /** Settings that this class does not have, with the value that it behaves as if it had. */
  readonly lacks?: Partial<SchedulerSettings>;
  plan(settings: SchedulerSettings, steps: number): SchedulerSteps;
}

/** One run as planned by a method. Latents, noise and predictions are flat arrays of equal length. */
export interface SchedulerSteps {
  /** One per evaluation of the UNet, descending (except for rounding); fractional for some methods. */
  readonly timesteps: readonly number[];
  /** Standard deviation of the initial noise of a run without a start image. */
  readonly initialSigma: number;
  /** Evaluations per step, diffusers' `order`: a run with a start image begins at a multiple of it. */
  readonly order: number;
  /** The latents scaled as the UNet expects them at `timesteps[index]`. */
  scaleInput(latents: Float32Array, index: number): Float32Array;
  step(step: Step): StepResult;
  /** A picture's latents with as much noise as the step at `index` expects. */
  addNoise(original: Float32Array, noise: Float32Array, index: number): Float32Array;
}

/** The same, with what every method has in common. */
export interface SchedulerPlan extends SchedulerSteps {
  /** The picture in an evaluation's latents, according to its prediction: for previews. */
  picture(evaluation: Pick<Step, "index" | "latents" | "prediction">): Float32Array;
}

/** The inputs of one step; `prediction` is the UNet's, after guidance. */
export interface Step {
  readonly index: number;
  readonly latents: Float32Array;
  readonly prediction: Float32Array;
  /** As returned by the previous step. */
  readonly memory: Memory;
  /**
   * Draws standard normal values, as many as the latents have, from the run's generator. A step must draw exactly when
   * diffusers does, since later draws depend on it.
   */
  readonly noise: () => Float32Array;
}

export interface StepResult {
  readonly latents: Float32Array;
  readonly memory: Memory;
}

/** What a multistep method keeps of earlier steps. */
export interface Memory {
  /** Earlier predictions, the newest first. */
  readonly predictions: readonly Float32Array[];
  /** Latents that the next evaluation of the same step starts from. */
  readonly origin?: Float32Array;
  /** The partial mean of several predictions. */
  readonly sum?: Float32Array;
  /** Number of evaluations so far, if a method counts them. */
  readonly evaluations?: number;
}

/** The memory at the first step of a run, at whatever index it starts. */
export const FRESH: Memory = { predictions: [] };
