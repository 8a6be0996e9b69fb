import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { RefusalCode } from "../../../engine/contract/errors.ts";
import type { GenerationRequest } from "../../../engine/contract/request.ts";
import { Drawing } from "../../../engine/drawing/drawing.ts";
import { readModel } from "../../../engine/drawing/read-model.ts";
import {
  readTinyDecoder,
  refuseMissingDecoder,
  type TinyUse,
} from "../../../engine/drawing/tiny-decoder.ts";
import { modelWithTiny, TINY } from "../../fakes/model-with-tiny.ts";
import { refusal } from "../../fakes/refusal.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

const cacheFolder = mkdtempSync(join(tmpdir(), "darkroom-"));
const drawing = new Drawing({ device: "cpu", cacheFolder });
afterAll(() => {
  drawing.close();
  rmSync(cacheFolder, { recursive: true });
});

async function draw(
  model: string,
  work: string | Pick<GenerationRequest, "preset" | "decoder">,
  tiny?: TinyUse,
) {
  const previews: (string | undefined)[] = [];
  const asked = { prompt: "fish", seed: "1", steps: 2, width: 64, height: 64 };
  const request = { ...asked, ...(typeof work === "string" ? { preset: work } : work) };
  for await (const event of drawing.generate(request, { model, tiny })) {
    if (event.kind === "image") return { ...event, previews };
    if (event.kind !== "progress") continue;
    const pixels = await event.preview();
    previews.push(pixels && `${pixels.width}x${pixels.height}`);
  }
  throw new Error("there was no picture");
}

test("a model's own tiny decoder decodes previews and, if set, Fast pictures", async () => {
  const model = modelWithTiny();
  const own = await draw(model, "fast");
  expect(own.previews).toEqual(["64x64", "64x64"]);
  expect(own.record.decoder).toBeUndefined();
  const tiny = await draw(model, "fast", { decodesFast: true });
  expect(tiny.record).toMatchObject({ decoder: "tiny", preset: "fast" });
  expect(tiny.pixels.data).not.toEqual(own.pixels.data);
  const exact = await draw(model, "exact", { decodesFast: true });
  expect(exact.record.decoder).toBeUndefined();
});

test("a request's decoder takes precedence over the settings", async () => {
  const model = modelWithTiny();
  const tiny = await draw(model, { decoder: "tiny" });
  expect(tiny.record.decoder).toBe("tiny");
  const own = await draw(model, { preset: "fast", decoder: "own" }, { decodesFast: true });
  expect(own.record.decoder).toBeUndefined();
  expect(own.pixels.data).toEqual((await draw(model, "fast")).pixels.data);
});

test("a requested tiny decoder that is missing is refused before anything is drawn", async () => {
  const model = "test/golden/tiny-sd2-v/snapshot";
  await expect(draw(model, { decoder: "tiny" })).rejects.toThrow(
    "The decoder cannot be tiny: this model has none",
  );
  const read = await readModel(model, "float32");
  const refused = refuseMissingDecoder({ decoder: "tiny" }, read, TINY);
  await expect(refused).rejects.toEqual(refusal("REQUEST_INVALID"));
  await expect(refuseMissingDecoder({ decoder: "own" }, read, "gone")).resolves.toBeUndefined();
  const beside = await readModel(modelWithTiny(), "float32");
  await expect(
    refuseMissingDecoder({ decoder: "tiny" }, beside, undefined),
  ).resolves.toBeUndefined();
});

test("a removed decoder is noticed at the next picture", async () => {
  const model = modelWithTiny();
  expect((await draw(model, "fast")).previews).toEqual(["64x64", "64x64"]);
  rmSync(join(model, "tiny_vae"), { recursive: true });
  const without = await draw(model, "fast", { decodesFast: true });
  expect(without.previews).toEqual(["8x8", "8x8"]);
  expect(without.record.decoder).toBeUndefined();
});

test("one for Stable Diffusion's latents is not used for those of another model", async () => {
  const chosen = { folder: TINY, decodesFast: true };
  const drawn = await draw("test/golden/tiny-sd2-v/snapshot", "fast", chosen);
  expect(drawn.previews).toEqual(["8x8", "8x8"]);
  expect(drawn.record.decoder).toBeUndefined();
});

test.each<[string, () => string, RefusalCode]>([
  ["another network", () => "test/golden/tiny-sd2-v/snapshot/vae", "SNAPSHOT_UNSUPPORTED"],
  ["no folder", () => join(temporaryFolder(), "none"), "SNAPSHOT_NOT_FOUND"],
  ["an empty folder", temporaryFolder, "SNAPSHOT_INCOMPLETE"],
])("%s is refused as a tiny decoder", async (_, place, code) => {
  await expect(readTinyDecoder(place())).rejects.toEqual(refusal(code));
});
