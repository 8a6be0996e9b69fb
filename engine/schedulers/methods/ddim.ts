import {
  clip,
  mix,
  mixtureOfAlpha,
  mixtureSpace,
  noiseIn,
  pictureIn,
  trainedMixtures,
} from "../mixture.ts";
import { alphaLookup } from "../noise-schedule.ts";
import type { Scheduler } from "../scheduler.ts";
import { wholeTimesteps } from "../timesteps.ts";

/** Denoising diffusion implicit models, arXiv 2010.02502, with eta 0: steps add no noise. */
export const ddim: Scheduler = {
  className: "DDIMScheduler",
  defaults: { timestep_spacing: "leading" },
  plan(settings, steps) {
    const timesteps = wholeTimesteps(settings, steps);
    const mixtures = trainedMixtures(settings, timesteps);
    const alphaAt = alphaLookup(settings);
    const stride = Math.floor(settings.num_train_timesteps / steps);
    return {
      timesteps,
      ...mixtureSpace((index) => mixtures[index]!),
      order: 1,
      /** Formula (9) of the paper. */
      step({ index, latents, prediction, memory }) {
        const mixture = mixtures[index]!;
        const next = mixtureOfAlpha(alphaAt(timesteps[index]! - stride));
        const picture = clip(pictureIn(settings, mixture, latents, prediction), settings);
        const noise = noiseIn(settings, mixture, latents, prediction);
        return { latents: mix(next, picture, noise), memory };
      },
    };
  },
};
