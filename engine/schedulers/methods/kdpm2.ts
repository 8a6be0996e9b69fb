import { refuseSample } from "../mixture.ts";
import { trainedSigmas } from "../noise-schedule.ts";
import { FRESH, type Scheduler, type SchedulerSteps } from "../scheduler.ts";
import { ancestral, sigmaSpace, slope } from "../sigma-space.ts";
import { curvedLevels, sigmaPath, spacedLevels, timestepLookup } from "../sigmas.ts";
import type { SchedulerSettings } from "../settings.ts";
import { roundHalfEven } from "../timesteps.ts";
import { weightedSum } from "../weighted-sum.ts";

/**
 * DPM-Solver-2 in the form of arXiv 2206.00364 (k-diffusion's sample_dpm_2): each step evaluates at its midpoint in the
 * logarithm of sigma and then uses the slope found there.
 */
export const kdpm2: Scheduler = {
  className: "KDPM2DiscreteScheduler",
  defaults: { beta_start: 0.00085, beta_end: 0.012 },
  lacks: { rescale_betas_zero_snr: false },
  plan: (settings, steps) => layOut(settings, steps, (_, next) => ({ down: next, up: 0 })),
};

/** The same with ancestral steps: each goes below its target and adds fresh noise to reach it. */
export const kdpm2Ancestral: Scheduler = {
  ...kdpm2,
  className: "KDPM2AncestralDiscreteScheduler",
  plan: (settings, steps) => layOut(settings, steps, ancestral),
};

/** The sigma that a step between two sigmas goes down to, and the fresh noise that it ends with. */
type Descent = (sigma: number, next: number) => { down: number; up: number };

function layOut(settings: SchedulerSettings, steps: number, descent: Descent): SchedulerSteps {
  refuseSample(settings);
  const trained = trainedSigmas(settings);
  const spaced = spacedLevels(settings, steps, trained);
  const levels = curvedLevels(settings, trained, spaced, steps);
  const path = sigmaPath(levels, trained, "zero");
  const descents = levels.map((_, i) => descent(path[i]!, path[i + 1]!));
  const halfway = descents.map(({ down }, i) => Math.fround(Math.sqrt(path[i]! * down)));
  const timestepAt = timestepLookup(trained);
  const toTimestep = settings.use_karras_sigmas ? roundHalfEven : Math.fround;
  const timesteps = levels.flatMap(({ timestep }, i) => [
    toTimestep(timestep),
    Math.fround(timestepAt(halfway[i]!)),
  ]);
  const looks = levels.flatMap((_, i) => [path[i]!, halfway[i]!]);
  return {
    // The last step goes to zero noise: it is an Euler step without a midpoint.
    timesteps: timesteps.slice(0, -1),
    ...sigmaSpace(looks.slice(0, -1), settings),
    order: 2,
    step({ index, latents, prediction, memory: { origin }, noise }) {
      const i = index >> 1;
      const sigma = path[i]!;
      const change = slope(settings, looks[index]!, latents, prediction);
      if (index % 2 === 0 || origin === undefined) {
        const next = weightedSum([1, latents], [halfway[i]! - sigma, change]);
        return { latents: next, memory: { predictions: [], origin: latents } };
      }
      const { down, up } = descents[i]!;
      const next = weightedSum([1, origin], [down - sigma, change]);
      return {
        latents: descent === ancestral ? weightedSum([1, next], [up, noise()]) : next,
        memory: FRESH,
      };
    },
  };
}
