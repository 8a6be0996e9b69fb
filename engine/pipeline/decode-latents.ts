import { tensor, type FloatTensor } from "../tensor/tensor.ts";
import { finiteOutput } from "./finite.ts";
import type { PipelineParts } from "./pipeline.ts";

/** Latents of the UNet (1, channels, h, w) to a picture (1, 3, h * factor, w * factor) in -1..1. */
export async function decodeLatents(
  parts: PipelineParts,
  latents: FloatTensor,
  signal?: AbortSignal,
): Promise<FloatTensor> {
  const { scalingFactor } = parts.latents;
  const [batch = 1, , height = 0, width = 0] = latents.shape;
  const unscaled = latents.data.map((value) => value / scalingFactor);
  const inputs = { latents: tensor(latents.shape, unscaled) };
  const outputs = await parts.networks.vaeDecoder({ batch, height, width }).run(inputs, signal);
  return finiteOutput(outputs, "decoded", { network: "VAE", step: "the last" });
}
