import { alphaLookup, diffuse } from "./noise-schedule.ts";
import { FRESH, type Scheduler } from "./scheduler.ts";
import type { SchedulerSettings } from "./settings.ts";
import { roundHalfEven, spaceTimesteps } from "./timesteps.ts";
import { unsupported } from "./unsupported.ts";
import { weightedSum } from "./weighted-sum.ts";

/** Denoising diffusion implicit models, arXiv 2010.02502, with eta 0: no noise is added on the way. */
export const ddim: Scheduler = {
  className: "DDIMScheduler",
  defaults: { timestep_spacing: "leading" },
  plan(settings, steps) {
    if (settings.thresholding) throw unsupported("thresholding is for pixels, not for latents");
    const { num_train_timesteps: trained, steps_offset: offset } = settings;
    const alphaAt = alphaLookup(settings);
    const timesteps = spaceTimesteps(settings.timestep_spacing, { trained, steps, offset }).map(
      roundHalfEven,
    );
    const stride = Math.floor(trained / steps);
    if (alphaAt(timesteps[0]!) === 0 && settings.prediction_type === "epsilon") {
      throw unsupported(
        "from noise alone (rescale_betas_zero_snr) only a v_prediction leads to a picture",
      );
    }
    return {
      timesteps,
      initialSigma: 1,
      order: 1,
      start: FRESH,
      scaleInput: (latents) => latents,
      step({ index, latents, prediction, memory }) {
        const timestep = timesteps[index]!;
        const next = alphaAt(timestep - stride);
        const { picture, noise } = split(settings, alphaAt(timestep), latents, prediction);
        return { latents: diffuse(next, clip(picture, settings), noise), memory };
      },
      addNoise: (original, noise, index) => diffuse(alphaAt(timesteps[index]!), original, noise),
    };
  },
};

/** The picture and the noise that the latents consist of, according to the prediction: formula (9). */
function split(
  { prediction_type }: SchedulerSettings,
  alpha: number,
  latents: Float32Array,
  prediction: Float32Array,
): { picture: Float32Array; noise: Float32Array } {
  const [signal, spread] = [Math.sqrt(alpha), Math.sqrt(1 - alpha)];
  return prediction_type === "epsilon"
    ? {
        picture: weightedSum([1 / signal, latents], [-spread / signal, prediction]),
        noise: prediction,
      }
    : {
        picture: weightedSum([signal, latents], [-spread, prediction]),
        noise: weightedSum([signal, prediction], [spread, latents]),
      };
}

function clip(
  picture: Float32Array,
  { clip_sample, clip_sample_range: range }: SchedulerSettings,
): Float32Array {
  return clip_sample ? picture.map((value) => Math.min(Math.max(value, -range), range)) : picture;
}
