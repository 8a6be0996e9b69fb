import {
  clip,
  mixtureOfAlpha,
  mixtureSpace,
  pictureIn,
  refuseNoiseFromNoise,
  refusePixelsAndFlow,
} from "../mixture.ts";
import { alphaLookup } from "../noise-schedule.ts";
import type { Scheduler } from "../scheduler.ts";
import { roundHalfEven, spaceTimesteps } from "../timesteps.ts";
import { chosen } from "../unsupported.ts";
import { weightedSum } from "../weighted-sum.ts";

/** Denoising diffusion probabilistic models, arXiv 2006.11239: every step draws from formula (6). */
export const ddpm: Scheduler = {
  className: "DDPMScheduler",
  defaults: { timestep_spacing: "leading" },
  plan(settings, steps) {
    refusePixelsAndFlow(settings);
    const { timestep_spacing: spacing, num_train_timesteps: trained, steps_offset } = settings;
    const span = { trained, steps, offset: steps_offset };
    const timesteps = spaceTimesteps(spacing, span).map(roundHalfEven);
    const alphaAt = alphaLookup(settings);
    const alphas = [...timesteps.map(alphaAt), 1];
    const varianceOf = chosen(VARIANCES, "variance_type", settings);
    refuseNoiseFromNoise(settings, mixtureOfAlpha(alphas[0]!));
    return {
      timesteps,
      ...mixtureSpace((index) => mixtureOfAlpha(alphas[index]!)),
      order: 1,
      step({ index, latents, prediction, memory, noise }) {
        const [alpha, next] = [alphas[index]!, alphas[index + 1]!];
        const picture = clip(
          pictureIn(settings, mixtureOfAlpha(alpha), latents, prediction),
          settings,
        );
        const beta = 1 - alpha / next;
        // Formula (7): the mean of what came before these latents, given the picture.
        const mean = weightedSum(
          [(Math.sqrt(next) * beta) / (1 - alpha), picture],
          [(Math.sqrt(alpha / next) * (1 - next)) / (1 - alpha), latents],
        );
        if (timesteps[index] === 0) return { latents: mean, memory };
        const least = Math.max(((1 - next) / (1 - alpha)) * beta, 1e-20); // DDPMScheduler._get_variance
        const spread = Math.sqrt(varianceOf(least, beta));
        return { latents: weightedSum([1, mean], [spread, noise()]), memory };
      },
    };
  },
};

/** Section 3.2 of the paper: the two extreme choices of a step's variance. */
const VARIANCES: Readonly<Record<string, (least: number, beta: number) => number>> = {
  fixed_small: (least) => least,
  fixed_small_log: (least) => least,
  fixed_large: (_, beta) => beta,
};
