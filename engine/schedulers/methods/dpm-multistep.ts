import { integratorOf, type Derivatives, type Integrator } from "../exponential-integrator.ts";
import { mixtureOfSigma, mixtureSpace, refusePixelsAndFlow } from "../mixture.ts";
import { trainedSigmas } from "../noise-schedule.ts";
import type { Scheduler } from "../scheduler.ts";
import { sigmaPath, solverLevels } from "../sigmas.ts";
import type { SchedulerSettings } from "../settings.ts";
import { unsupported } from "../unsupported.ts";
import { weightedSum } from "../weighted-sum.ts";

/** Multistep DPM-Solvers, arXiv 2206.00927 and 2211.01095: derivatives are estimated from earlier predictions. */
export const dpmMultistep: Scheduler = {
  className: "DPMSolverMultistepScheduler",
  defaults: {},
  plan(settings, steps) {
    refusePixelsAndFlow(settings);
    const integrator = integratorOf(settings);
    refuseThirdOrder(settings, integrator);
    const trained = trainedSigmas(settings);
    const levels = layOut(settings, steps, trained);
    const sigmas = sigmaPath(levels, trained, settings.final_sigmas_type);
    return {
      timesteps: levels.map(({ timestep }) => timestep),
      ...mixtureSpace((index) => mixtureOfSigma(sigmas[index]!)),
      order: 1,
      step({ index, latents, prediction, memory: { predictions }, noise }) {
        const [sigma, next] = [sigmas[index]!, sigmas[index + 1]!];
        const target = integrator.target(sigma, latents, prediction);
        const fresh = integrator.drawsNoise ? noise() : undefined;
        const order = Math.min(orderAt(settings, index, steps), predictions.length + 1);
        const known = [target, ...predictions].slice(0, order);
        const derivatives = derive(sigmas, index, known);
        const rule = derivatives.second === undefined ? integrator.rule : "heun";
        const step = { target, noise: fresh, rule, ...derivatives };
        return {
          latents: integrator.advance({ from: sigma, to: next }, latents, step),
          memory: { predictions: [target, ...predictions].slice(0, settings.solver_order) },
        };
      },
    };
  },
};

/** With the cosine schedule timesteps are truncated, not rounded, as in DPMSolverMultistepScheduler.set_timesteps. */
function layOut(
  settings: SchedulerSettings,
  steps: number,
  trained: Float32Array,
): ReturnType<typeof solverLevels>["levels"] {
  const toWhole = settings.beta_schedule === "squaredcos_cap_v2" ? Math.trunc : undefined;
  return solverLevels(settings, steps, trained, toWhole).levels;
}

function refuseThirdOrder(
  { algorithm_type, solver_order }: SchedulerSettings,
  { drawsNoise }: Integrator,
): void {
  if (solver_order < 3 || !drawsNoise || algorithm_type.endsWith("++")) return;
  throw unsupported(`${algorithm_type} has no third order`);
}

/** The order of a step: lower at the end of the run, where no noise remains, and in short runs. */
export function orderAt(
  settings: Pick<
    SchedulerSettings,
    "solver_order" | "lower_order_final" | "euler_at_final" | "final_sigmas_type"
  >,
  index: number,
  steps: number,
): number {
  const isLowered = settings.lower_order_final && steps < 15; // DPMSolverMultistepScheduler.step
  const left = steps - index;
  const endsFirst = isLowered || settings.euler_at_final || settings.final_sigmas_type === "zero";
  if (left === 1 && endsFirst) return 1;
  return Math.min(settings.solver_order, left === 2 && isLowered ? 2 : 3);
}

/**
 * Derivatives along the step at `index` by divided differences of the latest predictions, newest first. A step that did
 * not change the noise gives no slope.
 */
function derive(
  sigmas: Float32Array,
  index: number,
  [now, before, earlier]: readonly Float32Array[],
): Derivatives {
  const length = (i: number): number => Math.log(sigmas[i]! / sigmas[i + 1]!);
  const h = length(index);
  if (now === undefined || before === undefined || length(index - 1) <= 0) return {};
  const r0 = length(index - 1) / h;
  const slope = weightedSum([1 / r0, now], [-1 / r0, before]);
  if (earlier === undefined || length(index - 2) <= 0) return { first: slope };
  const r1 = length(index - 2) / h;
  const steeper = weightedSum([1 / r1, before], [-1 / r1, earlier]);
  const bend = weightedSum([1 / (r0 + r1), slope], [-1 / (r0 + r1), steeper]);
  return { first: weightedSum([1, slope], [r0, bend]), second: bend };
}
