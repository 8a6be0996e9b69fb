import { refuseSample } from "../mixture.ts";
import { trainedSigmas } from "../noise-schedule.ts";
import type { Scheduler } from "../scheduler.ts";
import { ancestral, sigmaSpace, slope } from "../sigma-space.ts";
import { curvedLevels, sigmaPath, spacedLevels, type Level } from "../sigmas.ts";
import type { SchedulerSettings } from "../settings.ts";
import { chosen } from "../unsupported.ts";
import { weightedSum } from "../weighted-sum.ts";

/** Euler's method over sigma: algorithm 2 of arXiv 2206.00364 without churn. */
export const euler: Scheduler = {
  className: "EulerDiscreteScheduler",
  defaults: {},
  plan(settings, steps) {
    const trained = trainedSigmas(settings);
    const { levels, isLogLinear } = layOut(settings, steps, trained);
    const sigmas = sigmaPath(levels, trained, settings.final_sigmas_type);
    const timestepOf = chosen(TIMESTEPS, "timestep_type", settings)(settings);
    // A log-linear path has its own last sigma, which is the end unless its timesteps follow the sigmas.
    const evaluated = isLogLinear && timestepOf === spacedTimestep ? levels.slice(0, -1) : levels;
    return {
      ...sigmaSpace(sigmas, settings),
      timesteps: evaluated.map(timestepOf),
      order: 1,
      step({ index, latents, prediction, memory }) {
        const [sigma, next] = [sigmas[index]!, sigmas[index + 1]!];
        const change = slope(settings, sigma, latents, prediction);
        return { latents: weightedSum([1, latents], [next - sigma, change]), memory };
      },
    };
  },
};

/** Ancestral sampling with Euler steps: each step goes below its target and adds fresh noise to reach it. */
export const eulerAncestral: Scheduler = {
  className: "EulerAncestralDiscreteScheduler",
  defaults: {},
  plan(settings, steps) {
    refuseSample(settings);
    const trained = trainedSigmas(settings);
    const levels = spacedLevels(settings, steps, trained);
    const sigmas = sigmaPath(levels, trained, "zero");
    return {
      ...sigmaSpace(sigmas, settings),
      timesteps: levels.map(({ timestep }) => timestep),
      order: 1,
      step({ index, latents, prediction, memory, noise }) {
        const sigma = sigmas[index]!;
        const { down, up } = ancestral(sigma, sigmas[index + 1]!);
        const change = slope(settings, sigma, latents, prediction);
        const next = weightedSum([1, latents], [down - sigma, change], [up, noise()]);
        return { latents: next, memory };
      },
    };
  },
};

type TimestepOf = (level: Level) => number;

const spacedTimestep: TimestepOf = ({ timestep }) => Math.fround(timestep);

/** For models trained on the noise itself (EDM): a quarter of sigma's logarithm. */
const noiseTimestep: TimestepOf = ({ sigma }) =>
  Math.fround(0.25 * Math.fround(Math.log(Math.fround(sigma))));

/** EulerDiscreteScheduler uses `continuous` with v_prediction only. */
const TIMESTEPS: Readonly<Record<string, (settings: SchedulerSettings) => TimestepOf>> = {
  discrete: () => spacedTimestep,
  continuous: ({ prediction_type }) =>
    prediction_type === "v_prediction" ? noiseTimestep : spacedTimestep,
};

function layOut(
  settings: SchedulerSettings,
  steps: number,
  trained: Float32Array,
): { levels: readonly Level[]; isLogLinear: boolean } {
  const spaced = spacedLevels(settings, steps, trained);
  const interpolated = chosen(INTERPOLATIONS, "interpolation_type", settings)(spaced, trained);
  const levels = curvedLevels(settings, trained, interpolated, steps);
  return { levels, isLogLinear: levels.length > steps };
}

type Interpolation = (spaced: readonly Level[], trained: Float32Array) => readonly Level[];

const INTERPOLATIONS: Readonly<Record<string, Interpolation>> = {
  linear: (spaced) => spaced,
  /** Evenly spaced logarithms over all trained sigmas, whatever the timesteps; one more than there are steps. */
  log_linear: (spaced, trained) => {
    const [from, to] = [Math.log(trained.at(-1)!), Math.log(trained[0]!)];
    return [...spaced, spaced.at(-1)!].map(({ timestep }, i) => ({
      timestep,
      sigma: Math.exp(from + (i / spaced.length) * (to - from)),
    }));
  },
};
