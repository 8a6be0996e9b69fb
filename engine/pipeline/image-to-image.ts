import { StudioError } from "../contract/errors.ts";
import type { NoiseGenerator } from "../tensor/noise.ts";
import { sizeOf, tensor, type FloatTensor } from "../tensor/tensor.ts";
import { decodeLatents } from "./decode-latents.ts";
import { denoise } from "./denoise.ts";
import { encodePrompt } from "./encode-prompt.ts";
import { finiteOutput } from "./finite.ts";
import {
  seedOf,
  type LatentSpace,
  type PipelineEvent,
  type PipelineParts,
  type PipelineRequest,
} from "./pipeline.ts";

/** A text-to-image request that starts from a picture instead of noise. */
export interface ImageToImageRequest extends PipelineRequest {
  /** (1, 3, height, width) in -1..1, of the request's size. */
  readonly image: FloatTensor;
  /** How far it may go from the picture: 1 forgets it. In (0, 1]. */
  readonly strength: number;
  /** The steps asked for, of which the last strength * steps are taken. */
  readonly steps: number;
}

/** DiagonalGaussianDistribution of diffusers' autoencoder: log variance is cut to this range. */
const LOG_VARIANCE = { min: -30, max: 20 };

/** Draws `count` pictures of one prompt over a given picture. */
export async function* imageToImage(
  parts: PipelineParts,
  request: ImageToImageRequest,
  signal?: AbortSignal,
): AsyncGenerator<PipelineEvent, void> {
  const from = (request.steps - takenSteps(request)) * request.plan.order;
  const hiddenStates = await encodePrompt(parts, request, signal);
  yield { kind: "text" };
  const moments = await encodeImage(parts, request, signal);
  for (let image = 0; image < request.count; image++) {
    const seed = seedOf(request, image);
    const noise = parts.noise(seed);
    const original = samplePosterior(moments, parts.latents, noise);
    const noisy = request.plan.addNoise(original.data, noise.normal(original.data.length), from);
    const first = tensor(original.shape, noisy);
    const latents = yield* denoise(
      parts,
      request,
      { image, latents: first, from, hiddenStates, noise },
      signal,
    );
    yield {
      kind: "image",
      image,
      seed,
      latents,
      decoded: await decodeLatents(parts, latents, signal),
    };
  }
}

/** StableDiffusionImg2ImgPipeline.get_timesteps: how many of the steps are run, at least one. */
export function takenSteps({
  steps,
  strength,
}: Pick<ImageToImageRequest, "steps" | "strength">): number {
  const taken = Math.min(Math.trunc(steps * strength), steps);
  if (taken > 0) return taken;
  const reason = `of ${steps} steps it leaves none to run`;
  throw new StudioError("REQUEST_INVALID", { field: "strength", value: strength, reason });
}

async function encodeImage(
  parts: PipelineParts,
  { image }: ImageToImageRequest,
  signal?: AbortSignal,
): Promise<FloatTensor> {
  const [batch = 1, , height = 0, width = 0] = image.shape;
  const outputs = await parts.networks.vaeEncoder({ batch, height, width }).run({ image }, signal);
  return finiteOutput(outputs, "moments", { network: "VAE", step: 0 });
}

/** Draws latents from the encoder's Gaussian: mean + exp(log variance / 2) * noise, scaled for the UNet. */
function samplePosterior(
  { shape, data }: FloatTensor,
  space: LatentSpace,
  noise: NoiseGenerator,
): FloatTensor {
  const [batch = 1, , height = 0, width = 0] = shape;
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
