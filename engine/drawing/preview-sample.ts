import { colourChart, type PreviewSample } from "../image/preview.ts";
import { fromPixels } from "../image/pixels.ts";
import { finiteOutput } from "../pipeline/denoise.ts";
import type { PipelineParts } from "../pipeline/pipeline.ts";
import { tensor } from "../tensor/tensor.ts";

/** Latents along a patch's side: with one, each would be mixed with its neighbours' colours. */
const PATCH_LATENTS = 2;

/**
 * What a model's VAE makes of a chart of colours, from which latents of any picture can be told. One small
 * encoding, at what a picture of 128x128 costs; a map fitted to a picture would know its few colours only.
 */
export async function previewSample(
  { networks, latents: space }: PipelineParts,
  signal?: AbortSignal,
): Promise<PreviewSample> {
  const chart = colourChart(PATCH_LATENTS * space.factor);
  const image = fromPixels(chart);
  const size = { batch: 1, height: chart.height, width: chart.width };
  const outputs = await networks.vaeEncoder(size).run({ image }, signal);
  const moments = finiteOutput(outputs, "moments", { network: "VAE", step: 0 });
  const [, , height = 0, width = 0] = moments.shape;
  // The first half of the moments is the mean.
  const means = moments.data.slice(0, space.channels * height * width);
  const latents = means.map((mean) => mean * space.scalingFactor);
  return { latents: tensor([1, space.channels, height, width], latents), decoded: image };
}
