import { createHash } from "node:crypto";
import { appendFile, mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { expect, test } from "vitest";

import {
  ensureFolder,
  place,
  readPlacement,
  removePlacement,
  type Receipt,
} from "../../../engine/cuda/placement.ts";
import { CUDA_SOURCE } from "../../../engine/cuda/source.ts";
import { workshop } from "../../fakes/cuda-package.ts";

const names = CUDA_SOURCE.libraries.map((library) => library.name);
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

/** Fills a workplace with files that hold their own names, or `text`. */
const filling =
  (text = "") =>
  async (workplace: string): Promise<Receipt> => {
    for (const name of names) await writeFile(join(workplace, name), name + text);
    const libraries = names.map((name) => ({
      name,
      sizeBytes: name.length + text.length,
      sha256: sha256(name + text),
    }));
    return { version: CUDA_SOURCE.version, trust: "stated by the publisher", libraries };
  };

test("places all libraries and a receipt, and leaves no workplace", async () => {
  await using shop = await workshop();
  await writeFile(join(shop.targetFolder, "onnxruntime_binding.node"), "not ours");
  const receipt = await place(shop.targetFolder, filling());
  expect((await readdir(shop.targetFolder)).toSorted()).toEqual(
    ["darkroom-cuda.json", ...names, "onnxruntime_binding.node"].toSorted(),
  );
  expect(await readPlacement(shop.targetFolder, CUDA_SOURCE)).toEqual(receipt);
});

test("leaves what was there when filling fails", async () => {
  await using shop = await workshop();
  const before = await place(shop.targetFolder, filling());
  const failing = async (workplace: string): Promise<Receipt> => {
    await filling("new")(workplace);
    throw new Error("the disk went away");
  };
  await expect(place(shop.targetFolder, failing)).rejects.toThrow("the disk went away");
  expect(await readPlacement(shop.targetFolder, CUDA_SOURCE)).toEqual(before);
  expect(await readdir(shop.targetFolder)).toHaveLength(3);
});

test("replaces an earlier placement and clears what a killed run left", async () => {
  await using shop = await workshop();
  await place(shop.targetFolder, filling());
  await mkdir(join(shop.targetFolder, ".darkroom-cuda-killed"));
  await place(shop.targetFolder, filling("new"));
  expect(await readFile(join(shop.targetFolder, names[0]!), "utf8")).toBe(`${names[0]}new`);
  expect(await readdir(shop.targetFolder)).toHaveLength(3);
});

type Damage = (folder: string) => Promise<unknown>;

test.each<[string, Damage]>([
  ["a library is gone", (folder) => rm(join(folder, names[1]!))],
  ["a library grew", (folder) => appendFile(join(folder, names[1]!), "x")],
  [
    "a library changed and kept its length",
    (folder) => writeFile(join(folder, names[1]!), "x".repeat(names[1]!.length)),
  ],
  ["the receipt is gone", (folder) => rm(join(folder, "darkroom-cuda.json"))],
  ["the receipt is cut", (folder) => writeFile(join(folder, "darkroom-cuda.json"), '{"version":')],
  ["the receipt is another's", (folder) => writeFile(join(folder, "darkroom-cuda.json"), "[1]")],
  [
    "the receipt lists no libraries",
    (folder) =>
      writeFile(
        join(folder, "darkroom-cuda.json"),
        `{"version":"1.30.0","trust":"stated by the publisher","libraries":[]}`,
      ),
  ],
])("does not take a placement for whole when %s", async (_, damage) => {
  await using shop = await workshop();
  await place(shop.targetFolder, filling());
  await damage(shop.targetFolder);
  expect(await readPlacement(shop.targetFolder, CUDA_SOURCE)).toBeNull();
});

test("does not take another version's placement for its own", async () => {
  await using shop = await workshop();
  await place(shop.targetFolder, filling());
  expect(await readPlacement(shop.targetFolder, { ...CUDA_SOURCE, version: "1.31.0" })).toBeNull();
});

test("removes what it placed and nothing else", async () => {
  await using shop = await workshop();
  await writeFile(join(shop.targetFolder, "onnxruntime_binding.node"), "not ours");
  await place(shop.targetFolder, filling());
  const removed = await removePlacement(shop.targetFolder, CUDA_SOURCE);
  expect(removed).toHaveLength(3);
  expect(await readdir(shop.targetFolder)).toEqual(["onnxruntime_binding.node"]);
  expect(await removePlacement(shop.targetFolder, CUDA_SOURCE)).toEqual([]);
});

test("does not remove libraries that somebody else put there", async () => {
  await using shop = await workshop();
  await writeFile(join(shop.targetFolder, names[0]!), "by another installer");
  expect(await removePlacement(shop.targetFolder, CUDA_SOURCE)).toEqual([]);
  expect(await readdir(shop.targetFolder)).toEqual([names[0]]);
});

test("refuses where onnxruntime-node is not installed", async () => {
  await using shop = await workshop();
  const absent = join(shop.targetFolder, "absent");
  await expect(ensureFolder(absent)).rejects.toMatchObject({
    code: "CUDA_UNSUPPORTED",
    details: { reason: `there is no folder ${absent}; \`npm ci\` brings it` },
  });
});
