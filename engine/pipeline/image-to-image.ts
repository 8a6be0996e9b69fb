import { StudioError } from "../contract/errors.ts";
import type { NoiseGenerator } from "../tensor/noise.ts";
import { sizeOf, tensor, type FloatTensor } from "../tensor/tensor.ts";
import { denoiseAndDecode } from "./denoise.ts";
import { finiteOutput } from "./finite-output.ts";
import type { LatentSpace, PipelineEvent, PipelineParts, Run } from "./pipeline.ts";

/** DiagonalGaussianDistribution of diffusers' autoencoder clamps the log variance to this range. */
const LOG_VARIANCE = { min: -30, max: 20 };

/** Draws one picture from a start image, (1, 3, height, width) in -1..1, which has the run's size. */
export async function* imageToImage(
  parts: PipelineParts,
  run: Run,
  startImage: FloatTensor,
  signal?: AbortSignal,
): AsyncGenerator<PipelineEvent, void> {
  const hiddenStates = await parts.encodePrompt(run, signal);
  yield { kind: "text" };
  const moments = await encodeImage(parts, startImage, signal);
  const noise = parts.noise(run.seed);
  const original = samplePosterior(moments, parts.latents, noise);
  const fresh = noise.normal(original.data.length);
  const latents = tensor(original.shape, run.plan.addNoise(original.data, fresh, run.from));
  yield* denoiseAndDecode(parts, run, { latents, hiddenStates, noise }, signal);
}

/** StableDiffusionImg2ImgPipeline.get_timesteps: how many of the steps are run; at least one. */
export function takenSteps(steps: number, strength: number): number {
  const taken = Math.min(Math.trunc(steps * strength), steps);
  if (taken > 0) return taken;
  const reason = `of ${steps} steps it leaves none to run`;
  throw new StudioError("REQUEST_INVALID", { field: "strength", value: strength, reason });
}

async function encodeImage(
  { networks }: PipelineParts,
  image: FloatTensor,
  signal?: AbortSignal,
): Promise<FloatTensor> {
  const [batch = 1, , height = 0, width = 0] = image.shape;
  const outputs = await networks.vaeEncoder({ batch, height, width }).run({ image }, signal);
  return finiteOutput(outputs, "moments", { network: "VAE", step: 0 });
}

/**
 * Samples latents from the encoder's Gaussian: mean + exp(log variance / 2) * noise, scaled for the UNet. An encoder
 * that gives only the mean needs no noise.
 */
function samplePosterior(
  { shape, data }: FloatTensor,
  space: LatentSpace,
  noise: NoiseGenerator,
): FloatTensor {
  const [batch = 1, channels = 0, height = 0, width = 0] = shape;
  if (channels === space.channels) {
    return tensor(
      shape,
      data.map((mean) => mean * space.scalingFactor),
    );
  }
  const latentShape = [batch, space.channels, height, width];
  const size = sizeOf(latentShape);
  const draws = noise.normal(size);
  const latents = new Float32Array(size);
  for (let i = 0; i < size; i++) {
    const logVariance = Math.min(Math.max(data[size + i] ?? 0, LOG_VARIANCE.min), LOG_VARIANCE.max);
    const value = (data[i] ?? 0) + Math.exp(logVariance / 2) * (draws[i] ?? 0);
    latents[i] = value * space.scalingFactor;
  }
  return tensor(latentShape, latents);
}
