import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { PreviewMaps } from "../../../engine/drawing/preview-maps.ts";
import { colourChart, type PreviewSample } from "../../../engine/image/preview.ts";
import { fromPixels } from "../../../engine/image/pixels.ts";
import { tensor } from "../../../engine/tensor/tensor.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

/** Red, green and blue as three latents: what a VAE that does nothing but shrink would make. */
const decoded = fromPixels(colourChart(1));
const SAMPLE: PreviewSample = { latents: decoded, decoded };
const white = tensor([1, 3, 1, 2], Float32Array.of(1, -1, 1, -1, 1, -1));

function openMaps(cacheFolder: string, sample: () => Promise<PreviewSample>): Promise<PreviewMaps> {
  return PreviewMaps.open({ cacheFolder, fingerprint: "abc" }, sample);
}

test("shows latents in colours from the first picture on", async () => {
  const maps = await openMaps(temporaryFolder(), () => Promise.resolve(SAMPLE));
  expect(maps.preview(white)).toEqual({
    width: 2,
    height: 1,
    data: Uint8Array.of(255, 255, 255, 0, 0, 0),
  });
});

test("is fitted once for a model, and again where what was kept is damaged", async () => {
  const folder = temporaryFolder();
  let fits = 0;
  const sample = (): Promise<PreviewSample> => {
    fits++;
    return Promise.resolve(SAMPLE);
  };
  await openMaps(folder, sample);
  await openMaps(folder, sample);
  const [name = ""] = readdirSync(join(folder, "preview-maps"));
  writeFileSync(join(folder, "preview-maps", name), "{ damaged");
  await openMaps(folder, sample);
  expect(fits).toBe(2);
});

test("a model that cannot be shown is drawn all the same", async () => {
  const maps = await openMaps(temporaryFolder(), () => Promise.reject(new Error("out of memory")));
  expect(maps.preview(white)).toBeUndefined();
});
