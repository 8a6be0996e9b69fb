import { mkdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { writeAtomically } from "../files/atomic-file.ts";
import {
  fitPreview,
  previewPixels,
  readPreviewMap,
  type PreviewMap,
  type PreviewSample,
} from "../image/preview.ts";
import type { Pixels } from "../image/pixels.ts";
import type { FloatTensor } from "../tensor/tensor.ts";

/**
 * The linear map from one model's latents to colours, fitted to what its own VAE makes of a chart of
 * colours, and kept in the cache folder under the model's fingerprint.
 */
export class PreviewMaps {
  readonly #map: PreviewMap | undefined;

  private constructor(map: PreviewMap | undefined) {
    this.#map = map;
  }

  /**
   * Reads the map, or fits it to `sample` where there is none yet. Previews are not worth a picture: where
   * that fails, there are none. A cache that cannot be written costs only the keeping.
   */
  static async open(
    { cacheFolder, fingerprint }: { cacheFolder: string; fingerprint: string },
    sample: () => Promise<PreviewSample>,
  ): Promise<PreviewMaps> {
    const file = join(cacheFolder, "preview-maps", `${fingerprint}.json`);
    const known = readPreviewMap(parseJson(await readFile(file, "utf8").catch(() => "null")));
    if (known !== undefined) return new PreviewMaps(known);
    const map = await sample().then(
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
  await mkdir(dirname(file), { recursive: true });
  await writeAtomically(file, (handle) => handle.writeFile(JSON.stringify(map)));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
