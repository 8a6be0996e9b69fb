import { expect, test } from "vitest";
import {
  findIn,
  memoryBytes,
  folderOf,
  type WeightFiles,
} from "../../../engine/runtime/weight-files.ts";
import type { Weight } from "../../../engine/snapshot/weights.ts";

function files(...entries: [name: string, file: string, dtype?: Weight["dtype"]][]): WeightFiles {
  const weights = entries.map(([name, file, dtype = "F32"]): [string, Weight] => [
    name,
    { file, offset: 96, lengthBytes: 24, dtype, shape: [2, 3] },
  ]);
  return { network: "UNet", weights: new Map(weights) };
}

test.each([
  [["/m/unet/a.safetensors"], "/m/unet"],
  [["/m/unet/1.safetensors", "/m/unet/2.safetensors"], "/m/unet"],
  [["/hub/blobs/aa", "/cache/weights/bb"], "/"],
  [["/m/unet/a", "/m/unet-2/b"], "/m"],
])("the folder of %j is %s", (paths, folder) => {
  expect(folderOf(files(...paths.map((path, i): [string, string] => [`w${i}`, path])))).toBe(
    folder,
  );
});

test("a weight is found relative to that folder, as it is stored", () => {
  const find = findIn(files(["a", "/hub/blobs/aa"], ["b", "/hub/cache/bb", "BF16"]));
  expect(find({ name: "b", shape: [2, 3] })).toEqual({
    location: "cache/bb",
    offset: 96,
    lengthBytes: 24,
    type: "bfloat16",
  });
  expect(find({ name: "c", shape: [2, 3] })).toBeUndefined();
});

test("half floats count double, integers as they are", () => {
  const mixed = files(["a", "/m/a"], ["b", "/m/a", "F16"], ["c", "/m/a", "I8"]);
  expect(memoryBytes(mixed)).toBe(24 + 48 + 24);
});
