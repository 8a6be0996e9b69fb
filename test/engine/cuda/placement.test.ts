import { mkdir, readFile, readdir, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import {
  discardParts,
  hasBytes,
  missingWheels,
  partOf,
  place,
  placedFolder,
  removePlacement,
} from "../../../engine/cuda/placement.ts";
import {
  indexAnswer,
  installFrom,
  LIBRARIES,
  SMALL_SOURCE,
  workshopIn,
} from "../../fakes/cuda-wheels.ts";
import { standInHost } from "../../fakes/stand-in-host.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

let folder: string;

beforeEach(async () => {
  await using host = await standInHost(indexAnswer());
  const shop = workshopIn(temporaryFolder());
  await installFrom(host.url, shop);
  folder = shop.folder;
});

const receipt = () => join(folder, "placed.json");

test.each<[string, () => Promise<unknown>]>([
  ["a library is gone", () => rm(join(folder, LIBRARIES[1]!))],
  ["a library is cut", () => truncate(join(folder, LIBRARIES[1]!), 10)],
  ["the receipt is gone", () => rm(receipt())],
  ["the receipt is cut", () => truncate(receipt(), 12)],
  ["the receipt is another's", () => writeFile(receipt(), "[1]")],
  ["the receipt lists nothing", () => writeFile(receipt(), `{"version":"1.30.0","libraries":[]}`)],
])("the inference process does not use the folder when %s", async (_, damage) => {
  expect(placedFolder(folder, SMALL_SOURCE)).toBe(folder);
  await damage();
  expect(placedFolder(folder, SMALL_SOURCE)).toBeUndefined();
  expect(await missingWheels({ folder }, SMALL_SOURCE)).not.toEqual([]);
});

test("a library that changed but kept its length is detected by its bytes", async () => {
  const path = join(folder, LIBRARIES[0]!);
  const bytes = await readFile(path);
  bytes[100]! ^= 1;
  await writeFile(path, bytes);
  expect(await missingWheels({ folder }, SMALL_SOURCE)).toEqual([]);
  const missing = await missingWheels({ folder }, SMALL_SOURCE, hasBytes());
  expect(missing).toEqual([SMALL_SOURCE.wheels[0]]);
});

test("earlier files stay when unpacking fails, and nothing of the failure stays", async () => {
  const before = (await readdir(folder)).toSorted();
  const failing = place(folder, SMALL_SOURCE, async (workplace) => {
    await writeFile(join(workplace, LIBRARIES[0]!), "half");
    throw new Error("the disk went away");
  });
  await expect(failing).rejects.toThrow("the disk went away");
  expect((await readdir(folder)).toSorted()).toEqual(before);
  expect(placedFolder(folder, SMALL_SOURCE)).toBe(folder);
});

test("discards partial downloads and what a killed run left, and nothing else", async () => {
  const part = partOf(folder, SMALL_SOURCE.wheels[0]!);
  await writeFile(part, "half");
  await writeFile(`${part}.validator`, '"one"');
  await mkdir(join(folder, ".unpacking"));
  await discardParts(folder);
  expect(await readdir(folder)).toHaveLength(LIBRARIES.length + 2);
  expect(placedFolder(folder, SMALL_SOURCE)).toBe(folder);
});

test("removes everything, and says whether there was anything", async () => {
  expect(await removePlacement(folder)).toBe(true);
  await expect(readdir(folder)).rejects.toThrow("ENOENT");
  expect(await removePlacement(folder)).toBe(false);
});
