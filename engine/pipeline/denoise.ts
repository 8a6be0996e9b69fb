import { StudioError } from "../contract/errors.ts";
import { FRESH } from "../schedulers/scheduler.ts";
import type { NoiseGenerator } from "../tensor/noise.ts";
import { tensor, type FloatTensor } from "../tensor/tensor.ts";
import { guidanceEmbedding, guide, isGuided } from "./guidance.ts";
import type { PipelineEvent, PipelineParts, Run } from "./pipeline.ts";
import type { Tensors } from "./session.ts";

/** Where denoising starts. */
export interface DenoisingStart {
  /** (1, channels, h, w), with the noise that the plan wants where the run starts. */
  readonly latents: FloatTensor;
  readonly hiddenStates: FloatTensor;
  /** The picture's own noise, where it stands after the start was drawn. */
  readonly noise: NoiseGenerator;
}

/** From noisy latents to the picture: how every pipeline ends. */
export async function* denoiseAndDecode(
  parts: PipelineParts,
  run: Run,
  start: DenoisingStart,
  signal?: AbortSignal,
): AsyncGenerator<PipelineEvent, void> {
  const latents = yield* denoise(parts, run, start, signal);
  yield { kind: "image", latents, decoded: await decode(parts, latents, signal) };
}

/** From noise to latents of a picture: predict, guide, step, and again. */
async function* denoise(
  parts: PipelineParts,
  run: Run,
  { latents: { shape, data }, hiddenStates, noise }: DenoisingStart,
  signal?: AbortSignal,
): AsyncGenerator<PipelineEvent, FloatTensor> {
  const { plan, from, guidanceScale, guidanceWidth } = run;
  const [, channels = 0, height = 0, width = 0] = shape;
  const batch = isGuided(run) ? 2 : 1;
  const unet = parts.networks.unet({ batch, height, width });
  const guidance = guidanceWidth !== null && {
    timestep_cond: guidanceEmbedding(guidanceScale, guidanceWidth),
  };
  const steps = plan.timesteps.length - from;

  const draw = (): Float32Array => noise.normal(data.length);
  let latents = data;
  let memory = FRESH;
  for (const [i, timestep] of plan.timesteps.slice(from).entries()) {
    const index = from + i;
    const scaled = repeat(plan.scaleInput(latents, index), batch);
    const inputs = {
      sample: tensor([batch, channels, height, width], scaled),
      timestep: tensor([1], Float32Array.of(timestep)),
      encoder_hidden_states: hiddenStates,
      ...guidance,
    };
    const outputs = await unet.run(inputs, signal);
    const predicted = finiteOutput(outputs, "out_sample", { network: "UNet", step: i + 1 }).data;
    const prediction = batch === 2 ? guide(predicted, guidanceScale) : predicted;
    ({ latents, memory } = plan.step({ index, latents, prediction, memory, noise: draw }));
    yield { kind: "step", step: i + 1, steps, latents: tensor(shape, latents) };
    signal?.throwIfAborted();
  }
  return tensor(shape, latents);
}

function repeat(data: Float32Array, times: number): Float32Array {
  const all = new Float32Array(times * data.length);
  for (let i = 0; i < times; i++) all.set(data, i * data.length);
  return all;
}

/** Latents of the UNet (1, channels, h, w) to a picture (1, 3, h * factor, w * factor) in -1..1. */
async function decode(
  { networks, latents: { scalingFactor } }: PipelineParts,
  latents: FloatTensor,
  signal?: AbortSignal,
): Promise<FloatTensor> {
  const [batch = 1, , height = 0, width = 0] = latents.shape;
  const unscaled = latents.data.map((value) => value / scalingFactor);
  const inputs = { latents: tensor(latents.shape, unscaled) };
  const outputs = await networks.vaeDecoder({ batch, height, width }).run(inputs, signal);
  return finiteOutput(outputs, "decoded", { network: "VAE", step: "the last" });
}

/** Where a result came from, for the sentence of a refusal. */
interface Origin {
  readonly network: string;
  readonly step: number | string;
}

/** The named float output of a session; numbers that are not finite are refused, not drawn as black. */
export function finiteOutput(
  outputs: Tensors,
  name: string,
  { network, step }: Origin,
): FloatTensor {
  const output = outputs[name];
  if (!(output?.data instanceof Float32Array)) throw new TypeError(`no float output ${name}`);
  if (!output.data.every(Number.isFinite)) throw new StudioError("NOT_FINITE", { network, step });
  return { shape: output.shape, data: output.data };
}
