import { clip, mixtureSpace, pictureIn, trainedMixtures } from "../mixture.ts";
import { alphaLookup } from "../noise-schedule.ts";
import type { Scheduler } from "../scheduler.ts";
import { wholeTimesteps } from "../timesteps.ts";
import { chosen } from "../unsupported.ts";
import { weightedSum } from "../weighted-sum.ts";

/** Denoising diffusion probabilistic models, arXiv 2006.11239: every step draws from formula (6). */
export const ddpm: Scheduler = {
  className: "DDPMScheduler",
  defaults: { timestep_spacing: "leading" },
  plan(settings, steps) {
    const timesteps = wholeTimesteps(settings, steps);
    const mixtures = trainedMixtures(settings, timesteps);
    const alphas = [...timesteps.map(alphaLookup(settings)), 1];
    const varianceOf = chosen(VARIANCES, "variance_type", settings);
    return {
      timesteps,
      ...mixtureSpace((index) => mixtures[index]!),
      order: 1,
      step({ index, latents, prediction, memory, noise }) {
        const [alpha, next] = [alphas[index]!, alphas[index + 1]!];
        const picture = clip(pictureIn(settings, mixtures[index]!, latents, prediction), settings);
        const beta = 1 - alpha / next;
        // Formula (7): the mean of the less noisy latents, given these latents and the picture.
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

/** Section 3.2 of the paper: the two extreme choices for a step's variance. */
const VARIANCES: Readonly<Record<string, (least: number, beta: number) => number>> = {
  fixed_small: (least) => least,
  fixed_small_log: (least) => least,
  fixed_large: (_, beta) => beta,
};
