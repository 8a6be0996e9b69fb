import { trainedSigmas } from "./noise-schedule.ts";
import { FRESH, type Scheduler } from "./scheduler.ts";
import { sigmaSpace, slope } from "./sigma-space.ts";
import { karrasBounds, karrasLevels, sigmaPath, spacedLevels, type Level } from "./sigmas.ts";
import type { SchedulerSettings } from "./settings.ts";
import { weightedSum } from "./weighted-sum.ts";

/** Euler's method over sigma: algorithm 2 of arXiv 2206.00364 without churn. */
export const euler: Scheduler = {
  className: "EulerDiscreteScheduler",
  defaults: {},
  plan(settings, steps) {
    const trained = trainedSigmas(settings);
    const levels = layOut(settings, steps, trained);
    const sigmas = sigmaPath(levels, trained, settings.final_sigmas_type);
    return {
      ...sigmaSpace(sigmas, settings),
      timesteps: levels.map(({ timestep }) => Math.fround(timestep)),
      order: 1,
      start: FRESH,
      step({ index, latents, prediction, memory }) {
        const [sigma, next] = [sigmas[index]!, sigmas[index + 1]!];
        const change = slope(settings, sigma, latents, prediction);
        return { latents: weightedSum([1, latents], [next - sigma, change]), memory };
      },
    };
  },
};

function layOut(settings: SchedulerSettings, steps: number, trained: Float32Array): Level[] {
  const spaced = spacedLevels(settings, steps, trained);
  if (!settings.use_karras_sigmas) return spaced;
  const bounds = karrasBounds(settings, spaced[0]!.sigma, spaced.at(-1)!.sigma);
  return karrasLevels(bounds, steps, trained);
}
