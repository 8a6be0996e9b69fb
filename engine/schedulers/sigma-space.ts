import type { SchedulerPlan } from "./scheduler.ts";
import type { SchedulerSettings } from "./settings.ts";
import { weightedSum } from "./weighted-sum.ts";

/** What the Euler methods share: their latents are the picture plus sigma times the noise. */
export function sigmaSpace(
  sigmas: Float32Array,
  { timestep_spacing }: SchedulerSettings,
): Pick<SchedulerPlan, "initialSigma" | "scaleInput" | "addNoise"> {
  const largest = sigmas.reduce((most, sigma) => Math.max(most, sigma));
  return {
    // init_noise_sigma: leading timesteps begin below the last trained one, where a picture still shows.
    initialSigma:
      timestep_spacing === "leading"
        ? Math.fround(Math.sqrt(Math.fround(Math.fround(largest ** 2) + 1)))
        : largest,
    scaleInput: (latents, index) => weightedSum([1 / Math.hypot(sigmas[index]!, 1), latents]),
    addNoise: (original, noise, index) => weightedSum([1, original], [sigmas[index]!, noise]),
  };
}

/** How the latents change with sigma: the noise in them, by the prediction. */
export function slope(
  { prediction_type }: SchedulerSettings,
  sigma: number,
  latents: Float32Array,
  prediction: Float32Array,
): Float32Array {
  if (prediction_type === "epsilon") return prediction;
  const size = sigma ** 2 + 1;
  return weightedSum([sigma / size, latents], [1 / Math.sqrt(size), prediction]);
}
