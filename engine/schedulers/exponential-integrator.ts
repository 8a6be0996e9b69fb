import { mixtureOfSigma, noiseIn, pictureIn } from "./mixture.ts";
import type { SchedulerSettings } from "./settings.ts";
import { chosen, unsupported } from "./unsupported.ts";
import { weightedSum, type Term } from "./weighted-sum.ts";

/** From one ratio of noise to signal to another, which is never greater. */
export interface Path {
  readonly from: number;
  readonly to: number;
}

/** How a prediction changes along a path of length 1: its first two derivatives at the start. */
export interface Derivatives {
  readonly first?: Float32Array;
  readonly second?: Float32Array;
}

/** The coefficients of latents, prediction, its two derivatives and fresh noise in a step along a path. */
interface Weights {
  readonly latents: number;
  readonly prediction: number;
  readonly first: number;
  readonly second?: number;
  readonly noise?: number;
}

/**
 * One form of the DPM-Solvers: the quantity that it takes as nearly constant within a step, and the weights that follow
 * from it.
 */
interface Algorithm {
  readonly target: typeof pictureIn;
  readonly drawsNoise: boolean;
  /** h is the increase of lambda, the logarithm of signal over noise, along the path. */
  weights(path: Path, h: number): Weights;
}

/**
 * Solutions of the diffusion equation with the prediction as a Taylor polynomial in lambda: arXiv 2206.00927 for the
 * noise, 2211.01095 for the picture; the SDE forms of both add fresh noise in every step.
 */
const ALGORITHMS: Readonly<Record<string, Algorithm>> = {
  "dpmsolver++": {
    target: pictureIn,
    drawsNoise: false,
    weights({ from, to }, h) {
      const { signal, ratio, decay } = ends(from, to);
      return {
        latents: ratio,
        prediction: signal * (1 - decay),
        first: signal * ((decay - 1) / h + 1),
        second: -signal * ((decay - 1 + h) / h ** 2 - 1 / 2),
      };
    },
  },
  dpmsolver: {
    target: noiseIn,
    drawsNoise: false,
    weights({ from, to }, h) {
      const { spread, signals, growth } = ends(from, to);
      return {
        latents: signals,
        prediction: -spread * (growth - 1),
        first: -spread * ((growth - 1) / h - 1),
        second: -spread * ((growth - 1 - h) / h ** 2 - 1 / 2),
      };
    },
  },
  "sde-dpmsolver++": {
    target: pictureIn,
    drawsNoise: true,
    weights({ from, to }, h) {
      const { signal, spread, ratio, decay } = ends(from, to);
      const squared = decay ** 2;
      return {
        latents: ratio * decay,
        prediction: signal * (1 - squared),
        first: signal * ((1 - squared) / (-2 * h) + 1),
        second: signal * ((1 - squared - 2 * h) / (2 * h) ** 2 - 1 / 2),
        noise: spread * Math.sqrt(1 - squared),
      };
    },
  },
  "sde-dpmsolver": {
    target: noiseIn,
    drawsNoise: true,
    weights({ from, to }, h) {
      const { spread, signals, growth } = ends(from, to);
      return {
        latents: signals,
        prediction: -2 * spread * (growth - 1),
        first: -2 * spread * ((growth - 1) / h - 1),
        noise: spread * Math.sqrt(growth ** 2 - 1),
      };
    },
  },
};

/** Signal and noise at the end, the ratio of each to its value at the start, exp(-h), and h. */
function ends(
  from: number,
  to: number,
): Record<"signal" | "spread" | "ratio" | "signals" | "decay" | "growth", number> {
  const [start, end] = [mixtureOfSigma(from), mixtureOfSigma(to)];
  return {
    ...end,
    ratio: end.spread / start.spread,
    signals: end.signal / start.signal,
    decay: to / from,
    growth: from / to,
  };
}

/** The solver_type: how the first derivative is weighted in a step. */
export type Rule = "midpoint" | "heun";

/** solver_type by name. Names of other classes stand for the first, as in DPMSolverMultistepScheduler. */
const RULES: Readonly<Record<string, Rule>> = {
  midpoint: "midpoint",
  heun: "heun",
  logrho: "midpoint",
  bh1: "midpoint",
  bh2: "midpoint",
};

/** The DPM-Solver that the settings select. */
export interface Integrator {
  readonly rule: Rule;
  readonly drawsNoise: boolean;
  /** The quantity taken as nearly constant within a step, from the UNet's prediction at this sigma. */
  target(sigma: number, latents: Float32Array, prediction: Float32Array): Float32Array;
  /** The latents at the end of a path, given what `target` returned at its start. */
  advance(path: Path, latents: Float32Array, step: IntegratorStep): Float32Array;
}

export interface IntegratorStep extends Derivatives {
  readonly target: Float32Array;
  readonly noise?: Float32Array | undefined;
  /** How the first derivative is weighted; the integrator's own rule by default. */
  readonly rule?: Rule;
}

/** Refuses unknown algorithms, and an end of the run that the algorithm cannot reach. */
export function integratorOf(settings: SchedulerSettings): Integrator {
  const { algorithm_type: name, final_sigmas_type: end, solver_order: order } = settings;
  const algorithm = chosen(
    { ...ALGORITHMS, deis: ALGORITHMS["dpmsolver++"]! }, // DPMSolverMultistepScheduler.__init__
    "algorithm_type",
    settings,
  );
  const rule = chosen(RULES, "solver_type", settings);
  if (order > 3) throw unsupported(`its solver_order is ${order}, and 3 is the highest`);
  if (end === "zero" && !name.endsWith("++")) {
    throw unsupported(`${name} cannot end without noise (final_sigmas_type zero)`);
  }
  return {
    rule,
    drawsNoise: algorithm.drawsNoise,
    target: (sigma, latents, prediction) =>
      algorithm.target(settings, mixtureOfSigma(sigma), latents, prediction),
    advance(path, latents, { rule: first = rule, ...step }) {
      if (path.to === path.from) return latents;
      const weights = algorithm.weights(path, Math.log(path.from / path.to));
      return weightedSum(...terms(weights, latents, step, first));
    },
  };
}

function terms(
  weights: Weights,
  latents: Float32Array,
  { target, first, second, noise }: IntegratorStep,
  rule: Rule,
): Term[] {
  const found: (readonly [number, Float32Array | undefined])[] = [
    [weights.latents, latents],
    [weights.prediction, target],
    [rule === "midpoint" ? weights.prediction / 2 : weights.first, first],
    [weights.second ?? 0, second],
    [weights.noise ?? 0, noise],
  ];
  return found.flatMap(([weight, values]) =>
    values === undefined ? [] : [[weight, values] as const],
  );
}
