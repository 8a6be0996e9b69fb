import { chmodSync, cpSync, mkdirSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import type { ScanProgress } from "../../../engine/contract/folders.ts";
import { readModel } from "../../../engine/drawing/read-model.ts";
import { type ModelScan, scanModels } from "../../../engine/store/scan-models.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

const TINY = "test/golden/tiny-sd2-hub/snapshot";

/** A sparse file of this size, which needs no disk space. */
function place(path: string, bytes = 20e6): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, "");
  truncateSync(path, bytes);
}

async function scanned(folder: string, changes: Partial<ModelScan> = {}) {
  const told: ScanProgress[] = [];
  const read = async (path: string) => (await readModel(path, "float32")).summary;
  for await (const one of scanModels({ folder, readModel: read, ...changes })) told.push(one);
  const found = told.flatMap((one) => one.found).toSorted((a, b) => (a.path < b.path ? -1 : 1));
  return { found, closed: told.flatMap((one) => one.closed), last: told.at(-1) };
}

test("finds snapshots in other studios' layouts, and says why the rest cannot be used", async () => {
  const root = temporaryFolder();
  cpSync(TINY, join(root, "invokeai/models/sd-2/main/tiny"), { recursive: true });
  const revision = join(root, "hub/models--ada--tiny/snapshots/0123456789abcdef");
  cpSync(TINY, revision, { recursive: true });
  place(join(root, "webui/models/Stable-diffusion/v2.safetensors"));
  place(join(root, "webui/models/Stable-diffusion/old.ckpt"));
  place(join(root, "webui/models/embeddings/small.safetensors"), 1000);
  place(join(root, "ComfyUI/models/vae/one/model.safetensors"));
  writeFileSync(join(root, "ComfyUI/models/vae/one/config.json"), "{}");
  place(join(root, "lmstudio/models/ada/chat/chat.Q4.gguf"));
  place(join(root, "archives/tiny.mar"));
  const { found, last } = await scanned(root);
  const told = found.map(({ path, kind, summary, problem }) => [
    path.slice(root.length + 1),
    kind,
    summary?.name ?? problem?.code ?? "",
  ]);
  expect(told).toEqual([
    ["ComfyUI/models/vae/one/model.safetensors", "file", "SNAPSHOT_UNSUPPORTED"],
    ["archives/tiny.mar", "archive", ""],
    ["hub/models--ada--tiny/snapshots/0123456789abcdef", "snapshot", "ada/tiny"],
    ["invokeai/models/sd-2/main/tiny", "snapshot", "tiny"],
    ["lmstudio/models/ada/chat/chat.Q4.gguf", "file", "SNAPSHOT_UNSUPPORTED"],
    ["webui/models/Stable-diffusion/old.ckpt", "file", "PICKLE_REFUSED"],
    ["webui/models/Stable-diffusion/v2.safetensors", "file", "SNAPSHOT_UNSUPPORTED"],
  ]);
  expect(found[0]?.problem?.message).toMatch(/One network of a model/);
  expect(found[4]?.problem?.message).toMatch(/GGUF/);
  expect(last?.end).toBe("done");
});

test("an unusable snapshot has the reason, and one in the store its id", async () => {
  const root = temporaryFolder();
  mkdirSync(join(root, "video"));
  writeFileSync(join(root, "video/model_index.json"), '{"_class_name": "CogVideoXPipeline"}');
  cpSync(TINY, join(root, "tiny"), { recursive: true });
  const storedIdOf = (folder: string) => (folder === join(root, "tiny") ? "mine" : undefined);
  const { found } = await scanned(root, { storedIdOf });
  expect(found.map(({ storedId, problem }) => storedId ?? problem?.message)).toEqual([
    "mine",
    expect.stringContaining("CogVideoXPipeline"),
  ]);
});

test("follows links once, even in loops, and names folders that it may not open", async () => {
  const root = temporaryFolder();
  cpSync(TINY, join(root, "real/tiny"), { recursive: true });
  mkdirSync(join(root, "linked"));
  symlinkSync(join(root, "real"), join(root, "linked/again"));
  symlinkSync(root, join(root, "linked/circle"));
  symlinkSync(join(root, "nowhere"), join(root, "linked/broken"));
  mkdirSync(join(root, "closed"));
  chmodSync(join(root, "closed"), 0);
  const { found, closed } = await scanned(root);
  chmodSync(join(root, "closed"), 0o755);
  expect(found).toHaveLength(1);
  // For the superuser every folder is readable.
  expect(closed).toEqual(process.getuid?.() === 0 ? [] : [join(root, "closed")]);
});

test("ends at its limit, and says so", async () => {
  const root = temporaryFolder();
  for (let index = 0; index < 30; index++)
    mkdirSync(join(root, `folder-${index}`, "a/b/c"), { recursive: true });
  const { last } = await scanned(root, { limits: { depth: 12, entries: 40 } });
  expect(last?.end).toBe("limit");
});

test("a cancel ends it in the middle of a large tree", async () => {
  const root = temporaryFolder();
  for (let index = 0; index < 20; index++) mkdirSync(join(root, `folder-${index}`));
  const leaving = new AbortController();
  let reads = 0;
  cpSync(TINY, join(root, "a-tiny"), { recursive: true });
  const readModel = () => {
    reads += 1;
    leaving.abort();
    return Promise.reject(new Error("left"));
  };
  await expect(scanned(root, { readModel, signal: leaving.signal })).rejects.toThrow(/abort/i);
  expect(reads).toBe(1);
});

test("reports how many entries it examined, and keeps none that are not models", async () => {
  const root = temporaryFolder();
  for (let folder = 0; folder < 10; folder++) {
    mkdirSync(join(root, `${folder}`));
    for (let file = 0; file < 50; file++) writeFileSync(join(root, `${folder}`, `${file}.png`), "");
  }
  const { found, last } = await scanned(root);
  expect(found).toEqual([]);
  expect(last).toMatchObject({ entries: 510, end: "done" });
});
