import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { readModel } from "../../../engine/drawing/read-model.ts";
import type { Weight, Weights } from "../../../engine/snapshot/weights.ts";
import {
  float32Weights,
  locateWeights,
  quantizedWeights,
} from "../../../engine/store/located-weights.ts";
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

test("moved scales change nothing in the result, and make channels as large as they are read", async () => {
  const { folder, weights } = await readModel("test/golden/tiny-sd2-hub/snapshot", "float32");
  const before = await locateWeights(folder, weights.unet);
  const block = "down_blocks.0.attentions.0.transformer_blocks.0";
  const names = [`${block}.norm1.weight`, `${block}.norm1.bias`, `${block}.attn1.to_q.weight`];
  const [scale, offset, query] = names.map((name) => ({ name }));
  const [channels = 0] = before.get(scale!.name)!.shape;
  const move = { channels, makers: [scale!, offset!], readers: [query!] };
  const chosen = { names: new Set<string>(), bits: 8, moves: [move] } as const;
  const options = { cacheFolder: temporaryFolder() };
  const after = await quantizedWeights(before, chosen, options);

  const [old, moved] = [before, after].map((all) => names.map((name) => valuesOf(all.get(name)!)));
  for (const maker of [0, 1]) {
    const products = ([...values]: readonly Float32Array[]) =>
      values[2]!.map((weight, i) => weight * values[maker]![i % channels]!);
    const [one, other] = [products(old!), products(moved!)];
    const errors = one.map((value, i) => Math.abs(value - other[i]!));
    expect(Math.max(...errors)).toBeLessThan(1e-6);
  }
  const ratios = Array.from({ length: channels }, (_, channel) => {
    const column = moved![2]!.filter((__, i) => i % channels === channel);
    const made = [0, 1].map((maker) => Math.abs(moved![maker]![channel]!));
    return Math.max(...made) / Math.max(...column.map(Math.abs));
  });
  expect(Math.max(...ratios) / Math.min(...ratios)).toBeLessThan(1.001);
  const plain = await quantizedWeights(before, { ...chosen, moves: [] }, options);
  expect(plain.get(scale!.name)!.file).not.toBe(after.get(scale!.name)!.file);
});
