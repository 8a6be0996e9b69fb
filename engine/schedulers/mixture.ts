import { alphaLookup } from "./noise-schedule.ts";
import type { SchedulerPlan } from "./scheduler.ts";
import type { SchedulerSettings } from "./settings.ts";
import { unsupported } from "./unsupported.ts";
import { weightedSum } from "./weighted-sum.ts";

/** Latents of unit variance as a mixture: the weights of picture and noise, whose squares add up to 1. */
export interface Mixture {
  readonly signal: number;
  readonly spread: number;
}

/**
 * The mixture in which the picture has this share of the variance: an entry of alphas_cumprod. The noise's share is
 * rounded to float32 as in diffusers, which matters at the first timesteps, where it is small.
 */
export function mixtureOfAlpha(alpha: number): Mixture {
  return { signal: Math.sqrt(alpha), spread: Math.sqrt(Math.fround(1 - alpha)) };
}

/** The mixtures at these trained timesteps. The first must contain some of the picture. */
export function trainedMixtures(
  settings: SchedulerSettings,
  timesteps: readonly number[],
): readonly Mixture[] {
  refusePixelsAndFlow(settings);
  const alphaAt = alphaLookup(settings);
  const mixtures = timesteps.map((timestep) => mixtureOfAlpha(alphaAt(timestep)));
  refuseNoiseFromNoise(settings, mixtures[0]!);
  return mixtures;
}

/** The mixture whose noise weighs `sigma` times as much as the picture. */
export function mixtureOfSigma(sigma: number): Mixture {
  const size = Math.hypot(sigma, 1);
  return { signal: 1 / size, spread: sigma / size };
}

/** Mixes a picture with noise. */
export function mix(
  { signal, spread }: Mixture,
  picture: Float32Array,
  noise: Float32Array,
): Float32Array {
  return weightedSum([signal, picture], [spread, noise]);
}

/** What the methods over mixtures share: the UNet takes their latents, which have unit variance, unscaled. */
export function mixtureSpace(
  mixtureAt: (index: number) => Mixture,
): Pick<SchedulerPlan, "initialSigma" | "scaleInput" | "addNoise"> {
  return {
    initialSigma: 1,
    scaleInput: (latents) => latents,
    addNoise: (original, noise, index) => mix(mixtureAt(index), original, noise),
  };
}

type Prediction = Pick<SchedulerSettings, "prediction_type">;

/** The picture contained in the latents, according to the prediction. */
export function pictureIn(
  { prediction_type }: Prediction,
  { signal, spread }: Mixture,
  latents: Float32Array,
  prediction: Float32Array,
): Float32Array {
  if (prediction_type === "sample") return prediction;
  return prediction_type === "epsilon"
    ? weightedSum([1 / signal, latents], [-spread / signal, prediction])
    : weightedSum([signal, latents], [-spread, prediction]);
}

/** The noise contained in the latents, according to the prediction. */
export function noiseIn(
  { prediction_type }: Prediction,
  { signal, spread }: Mixture,
  latents: Float32Array,
  prediction: Float32Array,
): Float32Array {
  if (prediction_type === "epsilon") return prediction;
  return prediction_type === "sample"
    ? weightedSum([1 / spread, latents], [-signal / spread, prediction])
    : weightedSum([signal, prediction], [spread, latents]);
}

/** The picture clipped to the range that the settings give, if any. */
export function clip(
  picture: Float32Array,
  { clip_sample, clip_sample_range: range }: SchedulerSettings,
): Float32Array {
  return clip_sample ? picture.map((value) => Math.min(Math.max(value, -range), range)) : picture;
}

/** Refuses models that predict the picture, for methods whose diffusers class does not support that. */
export function refuseSample({ prediction_type }: Prediction): void {
  if (prediction_type !== "sample") return;
  throw unsupported("this method takes no predictions of the picture itself (sample)");
}

/** Refuses settings of models in pixel space and of flow matching. */
export function refusePixelsAndFlow(settings: SchedulerSettings): void {
  if (settings.thresholding) throw unsupported("thresholding is for pixels, not for latents");
  if (settings.use_flow_sigmas) throw unsupported("flow sigmas are for models of flow matching");
}

/**
 * Refuses a start from pure noise for a model that predicts noise: the prediction then says nothing about the picture.
 */
function refuseNoiseFromNoise({ prediction_type }: Prediction, { signal }: Mixture): void {
  if (signal > 0 || prediction_type !== "epsilon") return;
  throw unsupported("from noise alone (rescale_betas_zero_snr) epsilon leads to no picture");
}
