import { StudioError } from "../contract/errors.ts";
import { toPixels, type Pixels } from "../image/pixels.ts";
import { finiteOutput } from "../pipeline/finite-output.ts";
import type { TinyDecoder } from "../pipeline/pipeline.ts";
import { tensor, type FloatTensor } from "../tensor/tensor.ts";
import type { LoadedModel } from "./load-model.ts";
import { PreviewMaps, previewSample } from "./preview-maps.ts";

/** Makes a small picture of latents; undefined if that fails. */
export type Previewing = (latents: FloatTensor) => Promise<Pixels | undefined>;

/** How a model's previews are made: by its tiny decoder if there is one, otherwise by a linear map. */
export async function previewing(
  { parts, fingerprint, previewDecoder }: LoadedModel,
  cacheFolder: string,
  signal: AbortSignal | undefined,
): Promise<Previewing> {
  if (previewDecoder !== undefined) return (latents) => decodedPreview(previewDecoder, latents);
  const maps = await PreviewMaps.open({ cacheFolder, fingerprint }, () =>
    previewSample(parts, signal),
  );
  return async (latents) => maps.preview(latents);
}

/** Maximum number of latents along a preview's longer side: 256 pixels, and a fifth of a second on two cores. */
const PREVIEW_LATENTS = 32;

/** The picture so far, decoded small; undefined where decoding fails, which must not fail the picture. */
async function decodedPreview(
  decoder: TinyDecoder,
  latents: FloatTensor,
): Promise<Pixels | undefined> {
  const small = shrunk(latents, PREVIEW_LATENTS);
  const [batch = 1, , height = 0, width = 0] = small.shape;
  const scaled = small.data.map((value) => value / decoder.scalingFactor);
  const inputs = { latents: tensor(small.shape, scaled) };
  try {
    const outputs = await decoder.session({ batch, height, width }).run(inputs);
    return toPixels(finiteOutput(outputs, "decoded", { network: "VAE", step: "a preview" }));
  } catch (error) {
    // If the process died, the next step reports it.
    if (error instanceof StudioError) return undefined;
    throw error;
  }
}

/** Averages squares of latents, as large as needed; incomplete rows and columns are dropped. */
function shrunk({ shape, data }: FloatTensor, most: number): FloatTensor {
  const [batch = 1, channels = 0, height = 0, width = 0] = shape;
  const factor = Math.ceil(Math.max(height, width) / most);
  const [tall, wide] = [Math.floor(height / factor), Math.floor(width / factor)];
  const small = new Float32Array(batch * channels * tall * wide);
  for (let plane = 0; plane < batch * channels; plane++)
    for (let y = 0; y < tall * factor; y++)
      for (let x = 0; x < wide * factor; x++) {
        const at = (plane * tall + Math.floor(y / factor)) * wide + Math.floor(x / factor);
        const value = data[(plane * height + y) * width + x] ?? 0;
        small[at] = (small[at] ?? 0) + value / factor ** 2;
      }
  return tensor([batch, channels, tall, wide], small);
}
