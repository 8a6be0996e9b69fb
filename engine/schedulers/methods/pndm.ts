import { mixtureOfAlpha, mixtureSpace, noiseIn, refuseSample } from "../mixture.ts";
import { alphaLookup } from "../noise-schedule.ts";
import type { Memory, Scheduler, Step, StepResult } from "../scheduler.ts";
import type { SchedulerSettings } from "../settings.ts";
import { wholeTimesteps } from "../timesteps.ts";
import { unsupported } from "../unsupported.ts";
import { weightedSum } from "../weighted-sum.ts";

/**
 * Pseudo numerical methods, arXiv 2202.09778: linear multistep, started either by three Runge-Kutta steps or
 * (skip_prk_steps) by a first step that is computed twice, the second time with the mean of the predictions at its
 * ends.
 */
export const pndm: Scheduler = {
  className: "PNDMScheduler",
  defaults: { timestep_spacing: "leading", set_alpha_to_one: false },
  lacks: { rescale_betas_zero_snr: false },
  plan(settings, steps) {
    refuseSample(settings);
    const alphaAt = alphaLookup(settings);
    const trail = layOut(settings, steps);
    const { timesteps } = trail;
    const move: Move = (from, to, latents, prediction) =>
      transfer(settings, [alphaAt(from), alphaAt(to)], latents, prediction);
    return {
      timesteps,
      ...mixtureSpace((index) => mixtureOfAlpha(alphaAt(timesteps[index]!))),
      order: 1,
      step: (step) =>
        (step.memory.evaluations ?? 0) < trail.groups.length * RUNGE_KUTTA.length
          ? rungeKutta(trail, step, move)
          : multistep(trail, step, move),
    };
  },
};

/** Latents moved from one timestep to another along a prediction. */
type Move = (
  from: number,
  to: number,
  latents: Float32Array,
  prediction: Float32Array,
) => Float32Array;

interface Trail {
  readonly timesteps: readonly number[];
  /** Distance in timesteps between one step and the next. */
  readonly stride: number;
  /** The timestep at which each Runge-Kutta step starts. */
  readonly groups: readonly number[];
}

function layOut(settings: SchedulerSettings, steps: number): Trail {
  const spaced = wholeTimesteps(settings, steps);
  const stride = Math.floor(settings.num_train_timesteps / steps);
  if (settings.skip_prk_steps) {
    // The second timestep is repeated: it is where the first step ends.
    const timesteps = spaced.flatMap((timestep, i) =>
      i === 1 ? [timestep, timestep] : [timestep],
    );
    return { timesteps, stride, groups: [] };
  }
  if (steps < 4) throw unsupported(`its Runge-Kutta start takes 4 steps, not ${steps}`);
  const half = Math.floor(stride / 2);
  const groups = spaced.slice(0, 3);
  const started = groups.flatMap((timestep, i) => {
    const end = spaced[i + 1]!;
    return [timestep, end + half, end + half, end];
  });
  return { timesteps: [...started, ...spaced.slice(3)], stride, groups };
}

/** The classical Runge-Kutta weights of a step's four predictions. */
const RUNGE_KUTTA = [1 / 6, 1 / 3, 1 / 3, 1 / 6] as const;

/**
 * One evaluation of a Runge-Kutta step. The first three go to where the next one evaluates (halfway, halfway again, the
 * end), always from the start of the step; the fourth makes the step.
 */
function rungeKutta(
  { timesteps, stride, groups }: Trail,
  { index, latents, prediction, memory }: Step,
  move: Move,
): StepResult {
  const { evaluations = 0, origin = latents, sum } = memory;
  const stage = evaluations % RUNGE_KUTTA.length;
  const weight = RUNGE_KUTTA[stage]!;
  const mean =
    sum === undefined
      ? weightedSum([weight, prediction])
      : weightedSum([1, sum], [weight, prediction]);
  const start = stage === 0 ? latents : origin;
  const to = timesteps[index]! - (evaluations % 2 === 0 ? Math.floor(stride / 2) : 0);
  const from = groups[Math.floor(evaluations / RUNGE_KUTTA.length)]!;
  const isLast = stage === RUNGE_KUTTA.length - 1;
  const next: Memory = {
    predictions: stage === 0 ? [prediction, ...memory.predictions] : memory.predictions,
    evaluations: evaluations + 1,
    ...(!isLast && { origin: start, sum: mean }),
  };
  return { latents: move(from, to, start, isLast ? mean : prediction), memory: next };
}

function multistep(
  { timesteps, stride }: Trail,
  { index, latents, prediction, memory: { predictions, origin, evaluations } }: Step,
  move: Move,
): StepResult {
  const timestep = timesteps[index]!;
  const counted = evaluations === undefined ? {} : { evaluations };
  if (origin !== undefined) {
    const mean = weightedSum([1 / 2, prediction], [1 / 2, predictions[0]!]);
    const again = move(timestep + stride, timestep, origin, mean);
    return { latents: again, memory: { ...counted, predictions } };
  }
  const known = [prediction, ...predictions.slice(0, 3)];
  const next = move(timestep, timestep - stride, latents, extrapolate(known));
  const isFirst = predictions.length === 0;
  return {
    latents: next,
    memory: { ...counted, predictions: known, ...(isFirst && { origin: latents }) },
  };
}

/** The prediction for the next step from up to four known ones, newest first (Adams-Bashforth). */
function extrapolate(known: readonly Float32Array[]): Float32Array {
  const weights = [
    [1],
    [3 / 2, -1 / 2],
    [23 / 12, -16 / 12, 5 / 12],
    [55 / 24, -59 / 24, 37 / 24, -9 / 24],
  ][known.length - 1]!;
  return weightedSum(...known.map((prediction, i) => [weights[i]!, prediction] as const));
}

/** From one cumulative alpha to another by formula (9) of the paper. */
function transfer(
  settings: SchedulerSettings,
  [alpha, next]: readonly [number, number],
  latents: Float32Array,
  prediction: Float32Array,
): Float32Array {
  const noise = noiseIn(settings, mixtureOfAlpha(alpha), latents, prediction);
  const divisor = alpha * Math.sqrt(1 - next) + Math.sqrt(alpha * (1 - alpha) * next);
  return weightedSum([Math.sqrt(next / alpha), latents], [(alpha - next) / divisor, noise]);
}
