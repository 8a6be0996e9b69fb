import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { readModel } from "../../../engine/drawing/read-model.ts";
import type { Weight, Weights } from "../../../engine/snapshot/weights.ts";
import { float32Weights, locateWeights } from "../../../engine/store/located-weights.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";
import { float32Values } from "../../fixtures/rewrites.ts";

async function located(path: string): Promise<Weights> {
  const { folder, weights } = await readModel(path, "float32");
  return locateWeights(folder, weights.textEncoder);
}

function valuesOf({ file, offset, lengthBytes, dtype, shape }: Weight): Float32Array {
  const bytes = new Uint8Array(readFileSync(file)).slice(offset, offset + lengthBytes);
  return float32Values({ dtype, shape, bytes });
}

test("locates weights by absolute paths", async () => {
  const weights = await located("test/golden/tiny-sd21-v/snapshot");
  const path = resolve("test/golden/tiny-sd21-v/snapshot/text_encoder/model.fp16.safetensors");
  expect(new Set([...weights.values()].map(({ file }) => file))).toEqual(new Set([path]));
});

test("gives the same numbers in float32, from a copy, under the same names and shapes", async () => {
  const half = await located("test/golden/tiny-sd2-hub/snapshot");
  const full = await float32Weights(half, { cacheFolder: temporaryFolder() });
  expect([...full.keys()]).toEqual([...half.keys()]);
  for (const [name, weight] of full) {
    const source = half.get(name)!;
    expect(weight).toMatchObject({ dtype: "F32", shape: source.shape });
    expect(valuesOf(weight)).toEqual(valuesOf(source));
  }
});

test("leaves weights that are float32 already where they are", async () => {
  const weights = await located("test/golden/tiny-sd1-eps/snapshot");
  const cacheFolder = temporaryFolder();
  expect(await float32Weights(weights, { cacheFolder })).toEqual(weights);
});
