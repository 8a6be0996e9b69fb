import { integratorOf, type IntegratorStep, type Rule } from "../exponential-integrator.ts";
import { mixtureOfSigma, mixtureSpace, refusePixelsAndFlow } from "../mixture.ts";
import { trainedSigmas } from "../noise-schedule.ts";
import type { Scheduler } from "../scheduler.ts";
import { sigmaPath, solverLevels } from "../sigmas.ts";
import type { SchedulerSettings } from "../settings.ts";
import { unsupported } from "../unsupported.ts";
import { weightedSum } from "../weighted-sum.ts";

/**
 * Singlestep DPM-Solvers, arXiv 2206.00927 and 2211.01095: two or three evaluations make a step. Each starts from where
 * the step began, with derivatives from the evaluations before it.
 */
export const dpmSinglestep: Scheduler = {
  className: "DPMSolverSinglestepScheduler",
  defaults: { lower_order_final: false },
  lacks: {
    rescale_betas_zero_snr: false,
    timestep_spacing: "linspace",
    use_lu_lambdas: false,
  },
  plan(settings, steps) {
    refusePixelsAndFlow(settings);
    if (settings.algorithm_type === "sde-dpmsolver") {
      throw unsupported("singlestep sde-dpmsolver does not exist");
    }
    const integrator = integratorOf(settings);
    const trained = trainedSigmas(settings);
    const { levels } = solverLevels(settings, steps, trained);
    const sigmas = sigmaPath(levels, trained, settings.final_sigmas_type);
    return {
      timesteps: levels.map(({ timestep }) => timestep),
      ...mixtureSpace((index) => mixtureOfSigma(sigmas[index]!)),
      order: 1,
      step({ index, latents, prediction, memory, noise }) {
        const target = integrator.target(sigmas[index]!, latents, prediction);
        const fresh = integrator.drawsNoise ? noise() : undefined;
        const all = [target, ...memory.predictions].slice(0, settings.solver_order);
        const order = Math.min(orderAt(settings, index, steps), all.length);
        // A start image can begin in the middle of a step, which then starts there.
        const origin = order === 1 ? latents : (memory.origin ?? latents);
        const known = all.slice(0, order);
        const path = { from: sigmas[index - order + 1]!, to: sigmas[index + 1]! };
        const step = { ...derive(integrator.rule, sigmas, index, known), noise: fresh };
        return {
          latents: integrator.advance(path, origin, step),
          memory: { predictions: all, origin },
        };
      },
    };
  },
};

/** The number of the evaluation at `index` within its step; a last step to zero noise is a step of its own. */
function orderAt(settings: SchedulerSettings, index: number, steps: number): number {
  const { solver_order: order, final_sigmas_type: end, lower_order_final } = settings;
  const isLast = index === steps - 1;
  const endsFirst = end === "zero" || (lower_order_final && steps % order === 0);
  return isLast && endsFirst ? 1 : (index % order) + 1;
}

/** Derivatives over the whole step at its start, from the predictions within it, newest first. */
function derive(
  rule: Rule,
  sigmas: Float32Array,
  index: number,
  known: readonly Float32Array[],
): IntegratorStep {
  const target = known.at(-1)!;
  const inStep = sigmas.subarray(index - known.length + 1, index + 1);
  // Evaluations at repeated timesteps give no slope.
  const falls = inStep.every((sigma, i) => i === 0 || sigma < inStep[i - 1]!);
  if (known.length === 1 || !falls) return { target };
  const h = Math.log(inStep[0]! / sigmas[index + 1]!);
  const [far, near] = known.slice(0, -1).map((prediction, i) => {
    const part = Math.log(inStep[0]! / inStep[inStep.length - 1 - i]!) / h;
    return { part, slope: weightedSum([1 / part, prediction], [-1 / part, target]) };
  });
  if (far === undefined || near === undefined) return { target, ...(far && { first: far.slope }) };
  if (rule === "midpoint") return { target, first: far.slope, rule: "heun" };
  const gap = far.part - near.part;
  return {
    target,
    first: weightedSum([far.part / gap, near.slope], [-near.part / gap, far.slope]),
    second: weightedSum([2 / gap, far.slope], [-2 / gap, near.slope]),
    rule: "heun",
  };
}
