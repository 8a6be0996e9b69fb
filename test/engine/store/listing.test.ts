import { expect, test } from "vitest";
import { listFolder } from "../../../engine/store/listing.ts";
import { saveFolder } from "../../fakes/memory-snapshot.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

const PATHS = [".git/config", "a/b/c", "a/b/d/e", "model_index.json", "unet/config.json"];

function folderOf(paths: readonly string[]): string {
  const folder = temporaryFolder();
  saveFolder(folder, new Map(paths.map((path) => [path, Buffer.of(0)])));
  return folder;
}

test.each([
  [1, ["model_index.json"]],
  [2, ["model_index.json", "unet/config.json"]],
  [3, ["a/b/c", "model_index.json", "unet/config.json"]],
])("lists %d levels by relative path, without hidden folders", async (depth, paths) => {
  const files = await listFolder(folderOf(PATHS), { depth, entries: 100 });
  expect(files).toMatchObject(paths.map((path) => ({ path, sizeBytes: 1 })));
});

test("refuses more files and folders than the limit, and accepts exactly that many", async () => {
  const folder = folderOf(["a", "b", "c/d"]);
  expect(await listFolder(folder, { depth: 3, entries: 4 })).toHaveLength(3);
  await expect(listFolder(folder, { depth: 3, entries: 3 })).rejects.toThrow(
    `A folder of more than 3 files is not supported: ${folder}`,
  );
});
