import { trainedSigmas } from "./noise-schedule.ts";
import { FRESH, type Scheduler } from "./scheduler.ts";
import { sigmaSpace, slope } from "./sigma-space.ts";
import { sigmaPath, spacedLevels } from "./sigmas.ts";
import { weightedSum } from "./weighted-sum.ts";

/** Ancestral sampling with Euler steps: every step goes too far down and adds fresh noise to make up. */
export const eulerAncestral: Scheduler = {
  className: "EulerAncestralDiscreteScheduler",
  defaults: {},
  plan(settings, steps) {
    const trained = trainedSigmas(settings);
    const levels = spacedLevels(settings, steps, trained);
    const sigmas = sigmaPath(levels, trained, "zero");
    return {
      ...sigmaSpace(sigmas, settings),
      timesteps: levels.map(({ timestep }) => timestep),
      order: 1,
      start: FRESH,
      step({ index, latents, prediction, memory, noise }) {
        const [sigma, next] = [sigmas[index]!, sigmas[index + 1]!];
        const down = next * (next / sigma);
        const up = Math.sqrt(next ** 2 - down ** 2);
        const change = slope(settings, sigma, latents, prediction);
        return {
          latents: weightedSum([1, latents], [down - sigma, change], [up, noise()]),
          memory,
        };
      },
    };
  },
};
