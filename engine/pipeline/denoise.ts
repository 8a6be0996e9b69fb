import type { NoiseGenerator } from "../tensor/noise.ts";
import { tensor, type FloatTensor } from "../tensor/tensor.ts";
import { isGuided } from "./encode-prompt.ts";
import { finiteOutput } from "./finite.ts";
import { guide } from "./guidance.ts";
import type { PipelineEvent, PipelineParts, PipelineRequest } from "./pipeline.ts";

/** Where one picture's denoising starts. */
export interface DenoiseStart {
  readonly image: number;
  /** (1, channels, h, w), with the noise that the plan wants at index `from`. */
  readonly latents: FloatTensor;
  /** Index into the plan's timesteps: 0 unless a picture was given. */
  readonly from: number;
  readonly hiddenStates: FloatTensor;
  /** The picture's own noise, where it stands after the start was drawn. */
  readonly noise: NoiseGenerator;
}

/** From noise to latents of a picture: predict, guide, step, and again. */
export async function* denoise(
  parts: PipelineParts,
  request: PipelineRequest,
  start: DenoiseStart,
  signal?: AbortSignal,
): AsyncGenerator<PipelineEvent, FloatTensor> {
  const { plan, guidanceScale } = request;
  const { shape } = start.latents;
  const [, channels = 0, height = 0, width = 0] = shape;
  const batch = isGuided(request) ? 2 : 1;
  const unet = parts.networks.unet({ batch, height, width });
  const steps = plan.timesteps.length - start.from;

  const noise = (): Float32Array => start.noise.normal(start.latents.data.length);
  let latents = start.latents.data;
  let memory = plan.start;
  for (const [i, timestep] of plan.timesteps.slice(start.from).entries()) {
    const index = start.from + i;
    const sample = tensor(
      [batch, channels, height, width],
      repeat(plan.scaleInput(latents, index), batch),
    );
    const inputs = {
      sample,
      timestep: tensor([1], Float32Array.of(timestep)),
      encoder_hidden_states: start.hiddenStates,
    };
    const outputs = await unet.run(inputs, signal);
    const { data } = finiteOutput(outputs, "out_sample", { network: "UNet", step: i + 1 });
    const prediction = batch === 2 ? guide(data, guidanceScale) : data;
    ({ latents, memory } = plan.step({ index, latents, prediction, memory, noise }));
    yield { kind: "step", image: start.image, step: i + 1, steps, latents: tensor(shape, latents) };
    signal?.throwIfAborted();
  }
  return tensor(shape, latents);
}

function repeat(data: Float32Array, times: number): Float32Array {
  const all = new Float32Array(times * data.length);
  for (let i = 0; i < times; i++) all.set(data, i * data.length);
  return all;
}
