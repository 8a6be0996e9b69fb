import { diffuse, trainedSigmas } from "./noise-schedule.ts";
import { FRESH, type Scheduler } from "./scheduler.ts";
import type { SchedulerSettings } from "./settings.ts";
import { karrasBounds, karrasLevels, levelsAt, sigmaPath, type Level } from "./sigmas.ts";
import { roundHalfEven, spaceTimesteps } from "./timesteps.ts";
import { unsupported } from "./unsupported.ts";
import { weightedSum } from "./weighted-sum.ts";

/** DPM-Solver++(2M), arXiv 2211.01095: the midpoint rule over the last two pictures predicted. */
export const dpmSolver: Scheduler = {
  className: "DPMSolverMultistepScheduler",
  defaults: {},
  plan(settings, steps) {
    if (settings.thresholding) throw unsupported("thresholding is for pixels, not for latents");
    const trained = trainedSigmas(settings);
    const levels = layOut(settings, steps, trained);
    const sigmas = sigmaPath(levels, trained, settings.final_sigmas_type);
    return {
      timesteps: levels.map(({ timestep }) => timestep),
      initialSigma: 1,
      order: 1,
      start: FRESH,
      scaleInput: (latents) => latents,
      step({ index, latents, prediction, memory }) {
        const sigma = sigmas[index]!;
        const picture = pictureIn(settings, sigma, latents, prediction);
        const endsFirstOrder = index === steps - 1 && isFinalFirstOrder(settings, steps);
        const earlier = endsFirstOrder ? undefined : memory.predictions[0];
        const path = { before: sigmas[index - 1] ?? sigma, sigma, next: sigmas[index + 1]! };
        return {
          latents: advance(path, latents, picture, earlier),
          memory: { predictions: [picture] },
        };
      },
      addNoise: (original, noise, index) => diffuse(signal(sigmas[index]!) ** 2, original, noise),
    };
  },
};

/** One timestep more than is used is spaced out; the last step goes on from the one before it. */
function layOut(settings: SchedulerSettings, steps: number, trained: Float32Array): Level[] {
  if (settings.use_karras_sigmas) {
    const bounds = karrasBounds(settings, trained.at(-1)!, trained[0]!);
    const toWhole = settings.beta_schedule === "squaredcos_cap_v2" ? Math.trunc : roundHalfEven;
    return karrasLevels(bounds, steps, trained).map(({ timestep, sigma }) => ({
      timestep: toWhole(timestep),
      sigma,
    }));
  }
  const { timestep_spacing: spacing, steps_offset: offset, lambda_min_clipped } = settings;
  const usable = trained.filter((sigma) => -Math.log(sigma) >= lambda_min_clipped).length;
  if (usable < steps) throw unsupported(`lambda_min_clipped leaves ${usable} of its timesteps`);
  const span = { trained: usable, steps: spacing === "trailing" ? steps : steps + 1, offset };
  const timesteps = spaceTimesteps(spacing, span).slice(0, steps).map(roundHalfEven);
  return levelsAt(timesteps, trained);
}

/** Whether the last step forgets the one before: towards no noise at all, and in short runs. */
function isFinalFirstOrder(settings: SchedulerSettings, steps: number): boolean {
  const isShort = steps < 15; // DPMSolverMultistepScheduler.step
  return (
    settings.final_sigmas_type === "zero" ||
    settings.euler_at_final ||
    (settings.lower_order_final && isShort)
  );
}

/** The weight of the picture in latents of unit variance whose noise is sigma times their signal. */
function signal(sigma: number): number {
  return 1 / Math.hypot(sigma, 1);
}

function pictureIn(
  { prediction_type }: SchedulerSettings,
  sigma: number,
  latents: Float32Array,
  prediction: Float32Array,
): Float32Array {
  const alpha = signal(sigma);
  return prediction_type === "epsilon"
    ? weightedSum([1 / alpha, latents], [-sigma, prediction])
    : weightedSum([alpha, latents], [-sigma * alpha, prediction]);
}

/**
 * From one sigma to the next. With the picture predicted a step earlier it is of second order,
 * unless that step left the noise as it was: then there is no slope to go on with.
 */
function advance(
  { before, sigma, next }: Record<"before" | "sigma" | "next", number>,
  latents: Float32Array,
  picture: Float32Array,
  earlier: Float32Array | undefined,
): Float32Array {
  const alpha = signal(next);
  const rest = ((next / sigma) * alpha) / signal(sigma);
  const gain = alpha * (1 - next / sigma);
  if (earlier === undefined || before <= sigma)
    return weightedSum([rest, latents], [gain, picture]);
  const trend = (gain / 2) * (Math.log(sigma / next) / Math.log(before / sigma));
  return weightedSum([rest, latents], [gain + trend, picture], [-trend, earlier]);
}
