import { trainedSigmas } from "../noise-schedule.ts";
import { FRESH, type Scheduler } from "../scheduler.ts";
import { sigmaSpace, slope } from "../sigma-space.ts";
import { curvedLevels, sigmaPath, spacedLevels } from "../sigmas.ts";
import { weightedSum } from "../weighted-sum.ts";

/**
 * Heun's method over sigma, algorithm 1 of arXiv 2206.00364 without churn: an Euler step, repeated with the mean of the
 * slopes at its two ends. The last step, to zero noise, remains an Euler step.
 */
export const heun: Scheduler = {
  className: "HeunDiscreteScheduler",
  defaults: { beta_start: 0.00085, beta_end: 0.012, clip_sample: false },
  lacks: { rescale_betas_zero_snr: false },
  plan(settings, steps) {
    const trained = trainedSigmas(settings);
    const spaced = spacedLevels(settings, steps, trained);
    const levels = curvedLevels(settings, trained, spaced, steps);
    const path = sigmaPath(levels, trained, "zero");
    // The first level is evaluated once, every later one at the end of one step and the start of the next.
    const looks = levels.flatMap((level, i) => (i === 0 ? [level] : [level, level]));
    return {
      ...sigmaSpace(
        Float32Array.from(looks, ({ sigma }) => sigma),
        settings,
      ),
      timesteps: looks.map(({ timestep }) => Math.fround(timestep)),
      order: 2,
      step({ index, latents, prediction, memory: { predictions, origin = latents } }) {
        const isSecond = index % 2 === 1;
        const [sigma, next] = [path[index >> 1]!, path[(index >> 1) + 1]!];
        const change = slope(settings, isSecond ? next : sigma, latents, prediction);
        if (!isSecond) {
          const memory = { predictions: [change], origin: latents };
          return { latents: weightedSum([1, latents], [next - sigma, change]), memory };
        }
        const mean = weightedSum([1 / 2, predictions[0]!], [1 / 2, change]);
        return { latents: weightedSum([1, origin], [next - sigma, mean]), memory: FRESH };
      },
    };
  },
};
