import { expect, test } from "vitest";
import { listSnapshot } from "../../../engine/snapshot/files.ts";
import { findTensors, pickWeights, type Found } from "../../../engine/snapshot/weights.ts";
import { memorySnapshot } from "../../fakes/memory-snapshot.ts";
import { lengthPrefix, safetensors } from "../../fakes/safetensors-writer.ts";

const PATH = "vae/diffusion_pytorch_model.safetensors";

test("returns the place of every tensor under its current name and shape", async () => {
  const old = "decoder.mid_block.attentions.0.query.weight";
  const file = safetensors({
    "conv_in.bias": { dtype: "BF16", shape: [2], bytes: new Uint8Array(4) },
    [old]: { dtype: "F32", shape: [1, 2, 1, 1], bytes: new Uint8Array(8) },
  });
  const listing = await listSnapshot(memorySnapshot(new Map([[PATH, file]])));
  const start = file.length - 12;
  expect([...(await findTensors(listing, [PATH], "VAE"))]).toEqual([
    ["conv_in.bias", { file: PATH, offset: start, lengthBytes: 4, dtype: "BF16", shape: [2] }],
    [
      "decoder.mid_block.attentions.0.to_q.weight",
      { file: PATH, offset: start + 4, lengthBytes: 8, dtype: "F32", shape: [1, 2] },
    ],
  ]);
});

const FOUND: Found = { file: PATH, offset: 96, lengthBytes: 24, dtype: "F32", shape: [2, 3] };
const found = new Map([
  ["a", FOUND],
  ["b", { ...FOUND, dtype: "F64" } as const],
]);

test("picks what is requested and skips the rest", () => {
  const asked = [{ name: "a", shape: [2, 3] }];
  expect([...pickWeights(found, asked, "UNet")]).toEqual([["a", FOUND]]);
});

test.each([
  ["c", [1], "The UNet weights lack c."],
  ["a", [3, 2], "a of the UNet is [2, 3], but the config asks for [3, 2]."],
  ["b", [2, 3], `The number type of "b" in ${PATH} is not supported: F64.`],
])("refuses a weight %s of the shape %j by name", (name, shape, words) => {
  expect(() => pickWeights(found, [{ name, shape }], "UNet")).toThrow(words);
});

test("reads 8 bytes of a file whose header lies about its length, and no more", async () => {
  const asked: number[] = [];
  const listing = await listSnapshot({
    list: async () => [{ path: PATH, sizeBytes: 1_000 }],
    async readBytes(_path, _start, length) {
      asked.push(length);
      return lengthPrefix(2n ** 63n);
    },
  });
  await expect(findTensors(listing, [PATH], "VAE")).rejects.toThrow("more than 25000000");
  expect(asked).toEqual([8]);
});

test("refuses a file that ends in the middle of what it was listed with", async () => {
  const file = safetensors({ w: { dtype: "U8", shape: [1], bytes: new Uint8Array(1) } });
  const listing = await listSnapshot({
    list: async () => [{ path: PATH, sizeBytes: file.length }],
    readBytes: async (_path, start, length) => file.slice(start, Math.min(start + length, 20)),
  });
  await expect(findTensors(listing, [PATH], "VAE")).rejects.toThrow(
    "it ends in the middle of its header",
  );
});
