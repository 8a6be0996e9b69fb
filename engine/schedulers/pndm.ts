import { alphaLookup, diffuse } from "./noise-schedule.ts";
import { FRESH, type Scheduler } from "./scheduler.ts";
import type { SchedulerSettings } from "./settings.ts";
import { roundHalfEven, spaceTimesteps } from "./timesteps.ts";
import { weightedSum } from "./weighted-sum.ts";

/**
 * Pseudo linear multistep, arXiv 2202.09778, without its Runge-Kutta start: instead, the first step
 * is made twice, the second time with the mean of the predictions at its two ends.
 */
export const pndm: Scheduler = {
  className: "PNDMScheduler",
  defaults: { timestep_spacing: "leading", set_alpha_to_one: false },
  plan(settings, steps) {
    // rescale_betas_zero_snr is not among the keys of diffusers' class.
    const alphaAt = alphaLookup({ ...settings, rescale_betas_zero_snr: false });
    const timesteps = evaluations(settings, steps);
    const stride = Math.floor(settings.num_train_timesteps / steps);
    const move = (from: number, latents: Float32Array, prediction: Float32Array): Float32Array =>
      transfer(settings, [alphaAt(from), alphaAt(from - stride)], latents, prediction);
    return {
      timesteps,
      initialSigma: 1,
      order: 1,
      start: FRESH,
      scaleInput: (latents) => latents,
      step({ index, latents, prediction, memory: { predictions, origin } }) {
        const timestep = timesteps[index]!;
        if (origin !== undefined) {
          const mean = weightedSum([1 / 2, prediction], [1 / 2, predictions[0]!]);
          return { latents: move(timestep + stride, origin, mean), memory: { predictions } };
        }
        const known = [prediction, ...predictions.slice(0, 3)];
        const next = move(timestep, latents, extrapolate(known));
        const isFirst = predictions.length === 0;
        return {
          latents: next,
          memory: { predictions: known, ...(isFirst && { origin: latents }) },
        };
      },
      addNoise: (original, noise, index) => diffuse(alphaAt(timesteps[index]!), original, noise),
    };
  },
};

/** The spaced timesteps, the second of them twice: it is where the first step ends. */
function evaluations(settings: SchedulerSettings, steps: number): readonly number[] {
  const { timestep_spacing, num_train_timesteps: trained, steps_offset: offset } = settings;
  const spaced = spaceTimesteps(timestep_spacing, { trained, steps, offset }).map(roundHalfEven);
  return spaced.flatMap((timestep, i) => (i === 1 ? [timestep, timestep] : [timestep]));
}

/** The prediction for the step ahead from up to four known ones, the newest first (Adams-Bashforth). */
function extrapolate(known: readonly Float32Array[]): Float32Array {
  const weights = [
    [1],
    [3 / 2, -1 / 2],
    [23 / 12, -16 / 12, 5 / 12],
    [55 / 24, -59 / 24, 37 / 24, -9 / 24],
  ][known.length - 1]!;
  return weightedSum(...known.map((prediction, i) => [weights[i]!, prediction] as const));
}

/** From one cumulative alpha to another, by formula (9) of the paper. */
function transfer(
  { prediction_type }: SchedulerSettings,
  [alpha, next]: readonly [number, number],
  latents: Float32Array,
  prediction: Float32Array,
): Float32Array {
  const noise =
    prediction_type === "epsilon"
      ? prediction
      : weightedSum([Math.sqrt(alpha), prediction], [Math.sqrt(1 - alpha), latents]);
  const divisor = alpha * Math.sqrt(1 - next) + Math.sqrt(alpha * (1 - alpha) * next);
  return weightedSum([Math.sqrt(next / alpha), latents], [(alpha - next) / divisor, noise]);
}
