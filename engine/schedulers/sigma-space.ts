import type { SchedulerPlan } from "./scheduler.ts";
import type { SchedulerSettings } from "./settings.ts";
import { weightedSum } from "./weighted-sum.ts";

/**
 * What the methods over sigma share: their latents are the picture plus sigma times the noise. `sigmas` has one for
 * each evaluation.
 */
export function sigmaSpace(
  sigmas: readonly number[] | Float32Array,
  { timestep_spacing }: SchedulerSettings,
): Pick<SchedulerPlan, "initialSigma" | "scaleInput" | "addNoise"> {
  const largest = Math.max(...sigmas);
  return {
    // init_noise_sigma: with leading timesteps a run starts below the last trained one, where some of the picture
    // remains.
    initialSigma:
      timestep_spacing === "leading"
        ? Math.fround(Math.sqrt(Math.fround(Math.fround(largest ** 2) + 1)))
        : largest,
    scaleInput: (latents, index) => weightedSum([1 / Math.hypot(sigmas[index]!, 1), latents]),
    addNoise: (original, noise, index) => weightedSum([1, original], [sigmas[index]!, noise]),
  };
}

/** The derivative of the latents with respect to sigma: the noise in them, according to the prediction. */
export function slope(
  { prediction_type }: SchedulerSettings,
  sigma: number,
  latents: Float32Array,
  prediction: Float32Array,
): Float32Array {
  if (prediction_type === "epsilon") return prediction;
  if (prediction_type === "sample")
    return weightedSum([1 / sigma, latents], [-1 / sigma, prediction]);
  const size = sigma ** 2 + 1;
  return weightedSum([sigma / size, latents], [1 / Math.sqrt(size), prediction]);
}

/**
 * An ancestral step goes below the next sigma and adds fresh noise to reach it: the sigma it goes down to, and the
 * noise it adds.
 */
export function ancestral(sigma: number, next: number): { down: number; up: number } {
  const down = next * (next / sigma);
  return { down, up: Math.sqrt(next ** 2 - down ** 2) };
}
