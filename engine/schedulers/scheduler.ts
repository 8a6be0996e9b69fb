import type { SchedulerSettings } from "./settings.ts";

/** Turns predictions of the UNet into the next latents. Holds nothing: a run's state is its `Memory`. */
export interface Scheduler {
  /** The diffusers class that this equals. */
  readonly className: string;
  /** Where this class's defaults differ from the common ones. */
  readonly defaults: Partial<SchedulerSettings>;
  /** Keys that this class does not have, each with the value that it acts by. */
  readonly lacks?: Partial<SchedulerSettings>;
  plan(settings: SchedulerSettings, steps: number): SchedulerSteps;
}

/** One run, laid out by a method. Latents, noise and predictions are flat and of one length, whatever their shape. */
export interface SchedulerSteps {
  /** One per evaluation of the UNet, never rising but by what was rounded; fractional for some methods. */
  readonly timesteps: readonly number[];
  /** Standard deviation of the noise that a run from nothing starts with. */
  readonly initialSigma: number;
  /** Evaluations in a step: a start image enters at a multiple of it. diffusers calls it the order. */
  readonly order: number;
  /** The latents as the UNet wants to see them at `timesteps[index]`. */
  scaleInput(latents: Float32Array, index: number): Float32Array;
  step(step: Step): StepResult;
  /** The latents of a picture with as much noise in them as the step at `index` expects. */
  addNoise(original: Float32Array, noise: Float32Array, index: number): Float32Array;
}

/** The same with what holds for every method. */
export interface SchedulerPlan extends SchedulerSteps {
  /** The picture that an evaluation's latents have in them, according to its prediction: for previews. */
  picture(evaluation: Pick<Step, "index" | "latents" | "prediction">): Float32Array;
}

/** One step's givens; `prediction` is the UNet's, after guidance. */
export interface Step {
  readonly index: number;
  readonly latents: Float32Array;
  readonly prediction: Float32Array;
  /** As the step before gave it. */
  readonly memory: Memory;
  /**
   * Draws standard normal values, as many as the latents have, from the run's own generator. A step
   * draws when and as often as diffusers does: what is drawn next depends on it.
   */
  readonly noise: () => Float32Array;
}

export interface StepResult {
  readonly latents: Float32Array;
  readonly memory: Memory;
}

/** What a multistep method remembers of the steps before. */
export interface Memory {
  /** Earlier predictions, the newest first. */
  readonly predictions: readonly Float32Array[];
  /** Latents that the next step starts from again. */
  readonly origin?: Float32Array;
  /** What a mean of several predictions has come to. */
  readonly sum?: Float32Array;
  /** Evaluations made so far, where a method counts them. */
  readonly evaluations?: number;
}

/** What the first step of a run remembers, at whatever index it is. */
export const FRESH: Memory = { predictions: [] };
