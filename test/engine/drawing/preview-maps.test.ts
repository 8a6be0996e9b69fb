import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { StudioError } from "../../../engine/contract/errors.ts";
import { PreviewMaps } from "../../../engine/drawing/preview-maps.ts";
import { colourChart, type PreviewSample } from "../../../engine/image/preview.ts";
import { fromPixels } from "../../../engine/image/pixels.ts";
import { tensor } from "../../../engine/tensor/tensor.ts";
import { SPECIAL_FILES } from "../../fakes/special-files.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

/** Red, green and blue as three latents, which a VAE that only shrinks would make. */
const decoded = fromPixels(colourChart(1));
const SAMPLE: PreviewSample = { latents: decoded, decoded };
const white = tensor([1, 3, 1, 2], Float32Array.of(1, -1, 1, -1, 1, -1));

function openMaps(cacheFolder: string, sample: () => Promise<PreviewSample>): Promise<PreviewMaps> {
  return PreviewMaps.open({ cacheFolder, fingerprint: "abc" }, sample);
}

test("shows latents in colour from the first picture on", async () => {
  const maps = await openMaps(temporaryFolder(), () => Promise.resolve(SAMPLE));
  expect(maps.preview(white)).toEqual({
    width: 2,
    height: 1,
    data: Uint8Array.of(255, 255, 255, 0, 0, 0),
  });
});

test("is fitted once for a model, and again if the stored map is damaged", async () => {
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

test("is fitted again if the process died while making the sample", async () => {
  const sample = vi
    .fn<() => Promise<PreviewSample>>()
    .mockRejectedValueOnce(new StudioError("INFERENCE_CRASHED"))
    .mockResolvedValueOnce(SAMPLE);
  const maps = await openMaps(temporaryFolder(), sample);
  expect(maps.preview(white)).toBeDefined();
});

test.skipIf(process.platform === "win32").each(Object.keys(SPECIAL_FILES))(
  "%s in place of the map is skipped",
  async (what) => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, "preview-maps"));
    await SPECIAL_FILES[what]?.(join(folder, "preview-maps", "abc.json"));
    const maps = await openMaps(folder, () => Promise.resolve(SAMPLE));
    expect(maps.preview(white)).toBeDefined();
  },
);

test("a model without previews is drawn nevertheless", async () => {
  const maps = await openMaps(temporaryFolder(), () => Promise.reject(new Error("out of memory")));
  expect(maps.preview(white)).toBeUndefined();
});
