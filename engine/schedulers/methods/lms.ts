import { trainedSigmas } from "../noise-schedule.ts";
import type { Scheduler } from "../scheduler.ts";
import { sigmaSpace, slope } from "../sigma-space.ts";
import { curvedLevels, sigmaPath, spacedLevels } from "../sigmas.ts";
import { weightedSum, type Term } from "../weighted-sum.ts";

/** Number of slopes that a step uses: LMSDiscreteScheduler.step. */
const ORDER = 4;

/** Linear multistep over sigma: integrates the polynomial through the latest slopes over the step. */
export const lms: Scheduler = {
  className: "LMSDiscreteScheduler",
  defaults: {},
  lacks: { rescale_betas_zero_snr: false },
  plan(settings, steps) {
    const trained = trainedSigmas(settings);
    const spaced = spacedLevels(settings, steps, trained);
    const levels = curvedLevels(settings, trained, spaced, steps);
    const sigmas = sigmaPath(levels, trained, "zero");
    return {
      ...sigmaSpace(sigmas, settings),
      timesteps: levels.map(({ timestep }) => Math.fround(timestep)),
      order: 1,
      step({ index, latents, prediction, memory: { predictions } }) {
        const change = slope(settings, sigmas[index]!, latents, prediction);
        // After a start in the middle diffusers computes the weights as if the slopes before it were known.
        const nodes = nodesAt(sigmas, index);
        const known = [change, ...predictions].slice(0, nodes.length);
        const ends = [sigmas[index]!, sigmas[index + 1]!] as const;
        const terms = known.map((slope, k): Term => [share(nodes, k, ends), slope]);
        return { latents: weightedSum([1, latents], ...terms), memory: { predictions: known } };
      },
    };
  },
};

/**
 * The latest sigmas, at most ORDER. Timesteps beyond the trained ones all have the last trained sigma: a step between two
 * of them changes nothing, and a polynomial needs distinct nodes, so all but the last of them are left out.
 */
function nodesAt(sigmas: Float32Array, index: number): readonly number[] {
  const latest = Array.from({ length: Math.min(index + 1, ORDER) }, (_, k) => sigmas[index - k]!);
  const repeated = latest.findIndex((sigma, k) => k > 0 && sigma === latest[k - 1]);
  return repeated === -1 ? latest : latest.slice(0, repeated);
}

/** The integral from one sigma to the other of the k-th Lagrange polynomial through the nodes. */
function share(nodes: readonly number[], k: number, [from, to]: readonly [number, number]): number {
  const basis = (sigma: number): number =>
    nodes.reduce(
      (product, node, i) => (i === k ? product : product * ((sigma - node) / (nodes[k]! - node))),
      1,
    );
  // Two-point Gauss-Legendre quadrature integrates polynomials of third degree exactly.
  const [middle, reach] = [(from + to) / 2, (to - from) / 2 / Math.sqrt(3)];
  return ((to - from) / 2) * (basis(middle - reach) + basis(middle + reach));
}
