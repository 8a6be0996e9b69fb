import { FRESH } from "../schedulers/scheduler.ts";
import type { NoiseGenerator } from "../tensor/noise.ts";
import { tensor, type FloatTensor } from "../tensor/tensor.ts";
import { finiteOutput } from "./finite-output.ts";
import type { PipelineEvent, PipelineParts, Run } from "./pipeline.ts";
import { predictorFor } from "./predict.ts";

/** Where denoising starts. */
export interface DenoisingStart {
  /** (1, channels, h, w), with as much noise as the plan expects at the start of the run. */
  readonly latents: FloatTensor;
  readonly hiddenStates: FloatTensor;
  /** The picture's noise generator, in its state after the start was drawn. */
  readonly noise: NoiseGenerator;
}

/** From noisy latents to a picture: the end of every pipeline. */
export async function* denoiseAndDecode(
  parts: PipelineParts,
  run: Run,
  start: DenoisingStart,
  signal?: AbortSignal,
): AsyncGenerator<PipelineEvent, void> {
  yield { kind: "start", latents: start.latents };
  const latents = yield* denoise(parts, run, start, signal);
  yield { kind: "image", latents, decoded: await decode(parts, run, latents, signal) };
}

/** From noisy latents to a picture's latents: predicts, guides and steps in a loop. */
async function* denoise(
  parts: PipelineParts,
  run: Run,
  { latents: { shape, data }, hiddenStates, noise }: DenoisingStart,
  signal?: AbortSignal,
): AsyncGenerator<PipelineEvent, FloatTensor> {
  const { plan, from } = run;
  const predict = predictorFor(parts, run, hiddenStates);
  const steps = plan.timesteps.length - from;

  const draw = (): Float32Array => noise.normal(data.length);
  let latents = data;
  let memory = FRESH;
  for (const [i, timestep] of plan.timesteps.slice(from).entries()) {
    const index = from + i;
    const scaled = tensor(shape, plan.scaleInput(latents, index));
    const prediction = await predict({ number: i, latents: scaled, timestep }, signal);
    const picture = tensor(shape, plan.picture({ index, latents, prediction }));
    ({ latents, memory } = plan.step({ index, latents, prediction, memory, noise: draw }));
    yield { kind: "step", step: i + 1, steps, latents: tensor(shape, latents), picture };
    signal?.throwIfAborted();
  }
  return tensor(shape, latents);
}

/** The UNet's latents (1, channels, h, w) to a picture (1, 3, h * factor, w * factor) in -1..1. */
async function decode(
  { networks, latents: { scalingFactor: own }, tinyDecoder }: PipelineParts,
  { isTiny = false }: Run,
  latents: FloatTensor,
  signal?: AbortSignal,
): Promise<FloatTensor> {
  const [batch = 1, , height = 0, width = 0] = latents.shape;
  const size = { batch, height, width };
  const tiny = isTiny ? tinyDecoder : undefined;
  const factor = tiny?.scalingFactor ?? own;
  const unscaled = latents.data.map((value) => value / factor);
  const inputs = { latents: tensor(latents.shape, unscaled) };
  const session = tiny?.session(size) ?? networks.vaeDecoder(size);
  const outputs = await session.run(inputs, signal);
  return finiteOutput(outputs, "decoded", { network: "VAE", step: "the last" });
}
