import {
  clip,
  mix,
  mixtureOfAlpha,
  mixtureSpace,
  noiseIn,
  pictureIn,
  trainedMixtures,
  type Mixture,
} from "../mixture.ts";
import { alphaLookup } from "../noise-schedule.ts";
import type { Scheduler } from "../scheduler.ts";
import type { SchedulerSettings } from "../settings.ts";
import { unsupported } from "../unsupported.ts";
import { weightedSum } from "../weighted-sum.ts";

/** For models distilled to few steps, which were trained at some of the timesteps only. */
const DEFAULTS: Scheduler["defaults"] = {
  beta_start: 0.00085,
  beta_end: 0.012,
  beta_schedule: "scaled_linear",
  clip_sample: false,
};

/** Latent consistency models, arXiv 2310.04378: each step predicts the picture and adds noise again. */
export const lcm: Scheduler = {
  className: "LCMScheduler",
  defaults: DEFAULTS,
  plan(settings, steps) {
    const { timesteps, mixtures } = layOut(settings, steps);
    return {
      ...mixtureSpace((index) => mixtures[index]!),
      timesteps,
      order: 1,
      step({ index, latents, prediction, memory, noise }) {
        const picture = clip(pictureIn(settings, mixtures[index]!, latents, prediction), settings);
        const { skip, out } = boundary(settings, timesteps[index]!);
        const consistent = weightedSum([out, picture], [skip, latents]);
        const next = mixtures[index + 1];
        const isLast = next === undefined;
        return { latents: isLast ? consistent : mix(next, consistent, noise()), memory };
      },
    };
  },
};

/**
 * Trajectory consistency distillation, arXiv 2402.19159, with eta 0 as StableDiffusionPipeline passes it: each step
 * goes straight to the noise level of the next.
 */
export const tcd: Scheduler = {
  className: "TCDScheduler",
  defaults: DEFAULTS,
  plan(settings, steps) {
    const { timesteps, mixtures, first } = layOut(settings, steps);
    return {
      ...mixtureSpace((index) => mixtures[index]!),
      timesteps,
      order: 1,
      step({ index, latents, prediction, memory }) {
        const mixture = mixtures[index]!;
        const picture = pictureIn(settings, mixture, latents, prediction);
        const noise = noiseIn(settings, mixture, latents, prediction);
        return { latents: mix(mixtures[index + 1] ?? first, picture, noise), memory };
      },
    };
  },
};

interface Layout {
  readonly timesteps: readonly number[];
  readonly mixtures: readonly Mixture[];
  /** The mixture at the first trained timestep, where TCD's last step ends. */
  readonly first: Mixture;
}

/** Evenly chosen from the timesteps of the distillation, from the last one down. */
function layOut(settings: SchedulerSettings, steps: number): Layout {
  const { original_inference_steps: original, num_train_timesteps: trained } = settings;
  if (steps > original || original > trained) {
    throw unsupported(
      `of the ${original} steps it was distilled to (original_inference_steps) it cannot take ${steps}`,
    );
  }
  const stride = Math.floor(trained / original);
  const timesteps = Array.from(
    { length: steps },
    (_, i) => (original - Math.floor(i * (original / steps))) * stride - 1,
  );
  const mixtures = trainedMixtures(settings, timesteps);
  return { timesteps, mixtures, first: mixtureOfAlpha(alphaLookup(settings)(0)) };
}

/** c_skip and c_out of arXiv 2303.01469: at timestep 0 the latents are the picture. */
function boundary(
  { timestep_scaling }: SchedulerSettings,
  timestep: number,
): { skip: number; out: number } {
  const deviation = 0.5; // sigma_data
  const scaled = timestep * timestep_scaling;
  return {
    skip: deviation ** 2 / (scaled ** 2 + deviation ** 2),
    out: scaled / Math.hypot(scaled, deviation),
  };
}
