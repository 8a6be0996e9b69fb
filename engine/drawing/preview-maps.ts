import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  fitPreview,
  previewPixels,
  readPreviewMap,
  type PreviewMap,
  type PreviewSample,
} from "../image/preview.ts";
import type { Pixels } from "../image/pixels.ts";
import { writeAtomically } from "../files/atomic-file.ts";
import type { FloatTensor } from "../tensor/tensor.ts";

/**
 * The linear map from one model's latents to colours, fitted to the first picture that its own VAE
 * decodes and kept in the cache folder under the model's fingerprint.
 */
export class PreviewMaps {
  readonly #file: string;
  #map: PreviewMap | undefined;

  private constructor(file: string, map: PreviewMap | undefined) {
    this.#file = file;
    this.#map = map;
  }

  static async open(cacheFolder: string, fingerprint: string): Promise<PreviewMaps> {
    const file = join(cacheFolder, "previews", `${fingerprint}.json`);
    const text = await readFile(file, "utf8").catch(() => "null");
    return new PreviewMaps(file, readPreviewMap(parseJson(text)));
  }

  /** The latents as a small picture, one pixel each; undefined before the model's first picture. */
  preview(latents: FloatTensor): Pixels | undefined {
    return this.#map && previewPixels(latents, this.#map);
  }

  /** Fits the map where there is none yet. A cache that cannot be written costs only the keeping. */
  async learn(sample: PreviewSample): Promise<void> {
    if (this.#map !== undefined) return;
    this.#map = fitPreview([sample]);
    await this.#keep(JSON.stringify(this.#map)).catch(() => undefined);
  }

  async #keep(text: string): Promise<void> {
    await mkdir(join(this.#file, ".."), { recursive: true });
    await writeAtomically(this.#file, (file) => file.writeFile(text));
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
