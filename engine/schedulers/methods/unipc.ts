import {
  mixtureOfSigma,
  mixtureSpace,
  noiseIn,
  pictureIn,
  refusePixelsAndFlow,
} from "../mixture.ts";
import { trainedSigmas } from "../noise-schedule.ts";
import type { Memory, Scheduler } from "../scheduler.ts";
import { sigmaPath, solverLevels } from "../sigmas.ts";
import type { SchedulerSettings } from "../settings.ts";
import { chosen, unsupported } from "../unsupported.ts";
import { weightedSum, type Term } from "../weighted-sum.ts";

/**
 * UniPC, arXiv 2302.04867: each prediction first corrects the latents that it was made from, then predicts the next
 * latents together with earlier ones.
 */
export const unipc: Scheduler = {
  className: "UniPCMultistepScheduler",
  defaults: { solver_type: "bh2" },
  lacks: { lambda_min_clipped: -Infinity, use_lu_lambdas: false },
  plan(settings, steps) {
    const solver = solverOf(settings);
    const { timesteps, sigmas } = layOut(settings, steps);
    const orderOf = (index: number, known: number): number =>
      Math.min(
        settings.solver_order,
        settings.lower_order_final ? steps - index : settings.solver_order,
        known,
      );
    /** Corrects the latents at `index`: repeats the last step with the prediction at its end. */
    const correct = (index: number, target: Float32Array, { predictions, origin }: Memory) => {
      if (origin === undefined || settings.disable_corrector.includes(index - 1)) return undefined;
      const order = orderOf(index - 1, predictions.length);
      return solver.advance(nodesOf(sigmas, index - 1, order), origin, predictions, target);
    };
    return {
      timesteps,
      ...mixtureSpace((index) => mixtureOfSigma(sigmas[index]!)),
      order: 1,
      step({ index, latents, prediction, memory }) {
        const target = solver.target(sigmas[index]!, latents, prediction);
        const corrected = correct(index, target, memory) ?? latents;
        const known = [target, ...memory.predictions].slice(0, settings.solver_order);
        const nodes = nodesOf(sigmas, index, orderOf(index, known.length));
        return {
          latents: solver.advance(nodes, corrected, known),
          memory: { predictions: known, origin: corrected },
        };
      },
    };
  },
};

function layOut(
  settings: SchedulerSettings,
  steps: number,
): { timesteps: readonly number[]; sigmas: Float32Array } {
  const trained = trainedSigmas(settings);
  const { levels, isCurved } = solverLevels(settings, steps, trained);
  const sigmas = sigmaPath(levels, trained, settings.final_sigmas_type);
  // As UniPCMultistepScheduler.set_timesteps: a curve with final_sigmas_type "sigma_min" does not move in its last
  // step.
  if (isCurved && settings.final_sigmas_type === "sigma_min") sigmas[steps] = sigmas[steps - 1]!;
  return { timesteps: levels.map(({ timestep }) => timestep), sigmas };
}

/** A step and the earlier levels that its order uses. */
interface Nodes {
  readonly from: number;
  readonly to: number;
  /** Sigmas before `from`, the newest first. */
  readonly earlier: readonly number[];
}

/** Repeated levels are left out: between them there is no slope. */
function nodesOf(sigmas: Float32Array, index: number, order: number): Nodes {
  const earlier = [];
  for (let i = index - 1; i > index - order && sigmas[i]! > sigmas[i + 1]!; i--) {
    earlier.push(sigmas[i]!);
  }
  return { from: sigmas[index]!, to: sigmas[index + 1]!, earlier };
}

interface Solver {
  /** The quantity taken as nearly constant within a step, from the UNet's prediction at this sigma. */
  target(sigma: number, latents: Float32Array, prediction: Float32Array): Float32Array;
  /**
   * Latents moved from one sigma to another. `known` has the targets at `from` and before, newest first; with the
   * target at `to` as well it is the corrector, otherwise the predictor.
   */
  advance(
    nodes: Nodes,
    latents: Float32Array,
    known: readonly Float32Array[],
    atEnd?: Float32Array,
  ): Float32Array;
}

/** B(h) of the paper, by solver_type. */
const SCALES: Readonly<Record<string, (hh: number) => number>> = {
  bh1: (hh) => hh,
  bh2: Math.expm1,
  midpoint: Math.expm1, // those of other classes stand for bh2: UniPCMultistepScheduler.__init__
  heun: Math.expm1,
  logrho: Math.expm1,
};

function solverOf(settings: SchedulerSettings): Solver {
  refusePixelsAndFlow(settings);
  const { predict_x0: isPicture, solver_order: order, final_sigmas_type: end } = settings;
  const scaleOf = chosen(SCALES, "solver_type", settings);
  if (order > 3) throw unsupported(`its solver_order is ${order}, and 3 is the highest`);
  const endsAlone = settings.lower_order_final || order === 1;
  if (end === "zero" && !(isPicture && endsAlone && settings.solver_type !== "bh1")) {
    throw unsupported("in this form UniPC cannot end without noise (final_sigmas_type zero)");
  }
  return {
    target: (sigma, latents, prediction) =>
      (isPicture ? pictureIn : noiseIn)(settings, mixtureOfSigma(sigma), latents, prediction),
    advance(nodes, latents, known, atEnd) {
      const { from, to } = nodes;
      if (from === to) return latents;
      const [start, end] = [mixtureOfSigma(from), mixtureOfSigma(to)];
      const h = Math.log(from / to);
      const hh = isPicture ? -h : h;
      const [ratio, size] = isPicture
        ? [end.spread / start.spread, end.signal]
        : [end.signal / start.signal, end.spread];
      const target = known[0]!;
      const terms = differences(nodes, h, known, atEnd);
      const weights = weigh(terms, hh, scaleOf(hh));
      return weightedSum(
        [ratio, latents],
        [-size * Math.expm1(hh), target],
        ...terms.map(({ values }, k): Term => [-size * scaleOf(hh) * weights[k]!, values]),
      );
    },
  };
}

/** A divided difference to the target at the step's start, and its position in the step: 1 is the end. */
interface Difference {
  readonly part: number;
  readonly values: Float32Array;
}

function differences(
  { from, earlier }: Nodes,
  h: number,
  [target, ...before]: readonly Float32Array[],
  atEnd: Float32Array | undefined,
): Difference[] {
  const parts = earlier.map((sigma) => Math.log(from / sigma) / h);
  const points = parts.map((part, k) => ({ part, values: before[k]! }));
  if (atEnd !== undefined) points.push({ part: 1, values: atEnd });
  return points.map(({ part, values }) => ({
    part,
    values: weightedSum([1 / part, values], [-1 / part, target!]),
  }));
}

/** The weight of each difference, so that the step is accurate to its order. */
function weigh(differences: readonly Difference[], hh: number, scale: number): readonly number[] {
  if (differences.length === 1) return [1 / 2]; // near enough for either B(h): the paper
  const right: number[] = [];
  let [phi, factorial] = [Math.expm1(hh) / hh - 1, 1];
  for (let i = 1; i <= differences.length; i++) {
    right.push((phi * factorial) / scale);
    factorial *= i + 1;
    phi = phi / hh - 1 / factorial;
  }
  const left = right.map((_, i) => differences.map(({ part }) => part ** i));
  return solve(left, right);
}

/** Solves a small system of linear equations by Gaussian elimination with pivoting. */
function solve(left: readonly (readonly number[])[], right: readonly number[]): readonly number[] {
  const rows = left.map((row, i) => [...row, right[i]!]);
  const size = rows.length;
  for (let column = 0; column < size; column++) {
    const rest = rows.slice(column).map((row) => Math.abs(row[column]!));
    const pivot = column + rest.indexOf(Math.max(...rest));
    [rows[column], rows[pivot]] = [rows[pivot]!, rows[column]!];
    for (const [i, row] of rows.entries()) {
      if (i === column) continue;
      const factor = row[column]! / rows[column]![column]!;
      rows[i] = row.map((value, k) => value - factor * rows[column]![k]!);
    }
  }
  return rows.map((row, i) => row[size]! / row[i]!);
}
