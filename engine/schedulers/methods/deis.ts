import { mixtureOfSigma, mixtureSpace, noiseIn, refusePixelsAndFlow } from "../mixture.ts";
import { trainedSigmas } from "../noise-schedule.ts";
import type { Scheduler } from "../scheduler.ts";
import { sigmaPath, solverLevels } from "../sigmas.ts";
import { chosen, unsupported } from "../unsupported.ts";
import { weightedSum, type Term } from "../weighted-sum.ts";
import { orderAt } from "./dpm-multistep.ts";

/**
 * DEIS in its log-rho form, arXiv 2204.13902: the polynomial in log sigma through the latest noise predictions,
 * integrated over sigma. It ends at the smallest trained sigma.
 */
export const deis: Scheduler = {
  className: "DEISMultistepScheduler",
  defaults: { algorithm_type: "deis", solver_type: "logrho" },
  lacks: {
    rescale_betas_zero_snr: false,
    lambda_min_clipped: -Infinity,
    use_lu_lambdas: false,
    euler_at_final: false,
    final_sigmas_type: "sigma_min",
  },
  plan(settings, steps) {
    refusePixelsAndFlow(settings);
    chosen(ALGORITHMS, "algorithm_type", settings);
    chosen(SOLVERS, "solver_type", settings);
    const { solver_order: order } = settings;
    if (order > 3) throw unsupported(`its solver_order is ${order}, and 3 is the highest`);
    const trained = trainedSigmas(settings);
    const { levels, isCurved } = solverLevels(settings, steps, trained);
    const sigmas = sigmaPath(levels, trained, settings.final_sigmas_type);
    if (isCurved) sigmas[steps] = sigmas[steps - 1]!; // DEISMultistepScheduler.set_timesteps
    return {
      timesteps: levels.map(({ timestep }) => timestep),
      ...mixtureSpace((index) => mixtureOfSigma(sigmas[index]!)),
      order: 1,
      step({ index, latents, prediction, memory }) {
        const [sigma, next] = [sigmas[index]!, sigmas[index + 1]!];
        const [start, end] = [mixtureOfSigma(sigma), mixtureOfSigma(next)];
        const noise = noiseIn(settings, start, latents, prediction);
        const known = [noise, ...memory.predictions].slice(0, order);
        const nodes = known
          .slice(0, orderAt(settings, index, steps))
          .map((_, k) => Math.log(sigmas[index - k]!));
        const terms = distinct(nodes).map((_, k, all): Term => {
          return [end.signal * share(all, k, [sigma, next]), known[k]!];
        });
        return {
          latents: weightedSum([end.signal / start.signal, latents], ...terms),
          memory: { predictions: known },
        };
      },
    };
  },
};

/** Values of algorithm_type that DEISMultistepScheduler accepts; those of other classes stand for its own. */
const ALGORITHMS = { deis: true, dpmsolver: true, "dpmsolver++": true };
const SOLVERS = { logrho: true, midpoint: true, heun: true, bh1: true, bh2: true };

/** The nodes up to the first that equals the next one: between equal nodes there is no slope. */
function distinct(nodes: readonly number[]): readonly number[] {
  const repeated = nodes.findIndex((node, k) => k > 0 && node <= nodes[k - 1]!);
  return repeated < 0 ? nodes : nodes.slice(0, repeated);
}

/** The integral over sigma of the k-th Lagrange polynomial in log sigma through up to three nodes. */
function share(nodes: readonly number[], k: number, [from, to]: readonly [number, number]): number {
  const others = nodes.filter((_, i) => i !== k);
  const divisor = others.reduce((product, node) => product * (nodes[k]! - node), 1);
  const integral = (power: number): number => moment(power, to) - moment(power, from);
  const [a = 0, b = 0] = others;
  const product = [
    () => integral(0),
    () => integral(1) - a * integral(0),
    () => integral(2) - (a + b) * integral(1) + a * b * integral(0),
  ][others.length]!;
  return product() / divisor;
}

/** An antiderivative of log(sigma) to the power of 0, 1 or 2. */
function moment(power: number, sigma: number): number {
  const log = Math.log(sigma);
  return sigma * [1, log - 1, log ** 2 - 2 * log + 2][power]!;
}
