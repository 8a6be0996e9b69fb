import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { writeAtomically } from "../files/atomic-file.ts";
import { readRegular } from "../files/regular-file.ts";
import {
  colourChart,
  fitPreview,
  previewPixels,
  readPreviewMap,
  type PreviewMap,
  type PreviewSample,
} from "../image/preview.ts";
import { fromPixels, type Pixels } from "../image/pixels.ts";
import { finiteOutput } from "../pipeline/finite-output.ts";
import type { PipelineParts } from "../pipeline/pipeline.ts";
import { sweepAbandoned } from "../store/cache-folder.ts";
import { tensor, type FloatTensor } from "../tensor/tensor.ts";

/** A map has three numbers for each channel of the latents, and three more. */
const MAX_BYTES = 100_000;

/**
 * The linear map from a model's latents to colours, fitted to its own VAE's encoding of a colour chart and cached under
 * the model's fingerprint.
 */
export class PreviewMaps {
  readonly #map: PreviewMap | undefined;

  private constructor(map: PreviewMap | undefined) {
    this.#map = map;
  }

  /**
   * Reads the map from the cache, or fits it to `sample`. Previews must not fail a picture: after two failures there
   * are none. If the cache cannot be written, the map is only kept in memory.
   */
  static async open(
    { cacheFolder, fingerprint }: { cacheFolder: string; fingerprint: string },
    sample: () => Promise<PreviewSample>,
  ): Promise<PreviewMaps> {
    const file = join(cacheFolder, "preview-maps", `${fingerprint}.json`);
    const known = readPreviewMap(parseJson(await readRegular(file, MAX_BYTES).catch(() => "null")));
    if (known !== undefined) return new PreviewMaps(known);
    // The model stays loaded for long, and if the process died, another one has been started by now.
    const fitted = sample().catch(sample);
    const map = await fitted.then(
      (one) => fitPreview([one]),
      () => undefined,
    );
    if (map !== undefined) await keep(file, map).catch(() => undefined);
    return new PreviewMaps(map);
  }

  /** The latents as a small picture, one pixel each. */
  preview(latents: FloatTensor): Pixels | undefined {
    return this.#map && previewPixels(latents, this.#map);
  }
}

async function keep(file: string, map: PreviewMap): Promise<void> {
  const folder = dirname(file);
  await mkdir(folder, { recursive: true });
  await sweepAbandoned(folder);
  await writeAtomically(file, (handle) => handle.writeFile(JSON.stringify(map)));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Latents along a patch's side: with one, each latent would mix in its neighbours' colours. */
const PATCH_LATENTS = 2;

/**
 * The VAE's encoding of a colour chart, from which latents of any picture can be mapped to colours. It costs as much as
 * a picture of 128x128; a map fitted to an actual picture would know only that picture's colours.
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
  // The mean comes first.
  const means = moments.data.slice(0, space.channels * height * width);
  const latents = means.map((mean) => mean * space.scalingFactor);
  return { latents: tensor([1, space.channels, height, width], latents), decoded: image };
}
