import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { basename, join, resolve } from "node:path";
import { expect, test } from "vitest";
import { readModel } from "../../../engine/drawing/read-model.ts";
import { ModelStore, type ModelStoreOptions } from "../../../engine/store/model-store.ts";
import { float32Copy } from "../../../engine/store/weight-copy.ts";
import { SPECIAL_FILES } from "../../fakes/special-files.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

const TINY = "test/golden/tiny-sd2-hub/snapshot";
const STARTER = "assets/starter/snapshot";
const UNET = "unet/diffusion_pytorch_model.fp16.safetensors";

function openStore(folder: string, changes: Partial<ModelStoreOptions> = {}): Promise<ModelStore> {
  return ModelStore.open({
    folder,
    starterFolder: STARTER,
    cacheFolder: `${folder}-cache`,
    readModel: async (path) => (await readModel(path, "float32")).summary,
    fitOf: () => ({ verdict: "good", reason: "It fits.", memoryBytes: 1 }),
    ...changes,
  });
}

async function storeWithTiny(changes: Partial<ModelStoreOptions> = {}) {
  const folder = join(temporaryFolder(), "models");
  mkdirSync(folder);
  cpSync(TINY, join(folder, "tiny"), { recursive: true });
  return { folder, store: await openStore(folder, changes) };
}

test("lists the starter first, and then the folders of the store by name", async () => {
  const { folder, store } = await storeWithTiny();
  cpSync(TINY, join(folder, "a-tiny"), { recursive: true });
  const models = await store.list();
  expect(models.map(({ id, problem }) => ({ id, problem }))).toEqual([
    { id: "starter", problem: undefined },
    { id: "a-tiny", problem: undefined },
    { id: "tiny", problem: undefined },
  ]);
  expect(models[2]?.summary).toMatchObject({ name: "tiny", predictionType: "v_prediction" });
});

test("lists a model that cannot be read with the reason", async () => {
  const { folder, store } = await storeWithTiny();
  rmSync(join(folder, "tiny", "unet", "config.json"));
  expect((await store.list())[1]).toMatchObject({
    id: "tiny",
    problem: { code: "SNAPSHOT_INCOMPLETE", details: { file: "unet/config.json" } },
  });
});

test.each([
  ["TOKENIZER_INVALID", "tokenizer/vocab.json", '{"a": "b"}'],
  ["WEIGHT_MISMATCH", "vae/config.json", '{"block_out_channels": [32]}'],
  ["CONFIG_INVALID", "unet/config.json", '{"layers_per_block": 128}'],
])("shows and refuses as %s what cannot be used: %s is %s", async (code, file, text) => {
  const { folder, store } = await storeWithTiny();
  writeFileSync(join(folder, "tiny", file), text);
  expect((await store.list())[1]).toMatchObject({ id: "tiny", problem: { code } });
  const work = { key: "import-1", folder: join(folder, "tiny") };
  await expect(store.importFolder(work)).rejects.toMatchObject({ code });
});

test("lists neither unfinished work nor loose files nor names that cannot be ids", async () => {
  const { folder, store } = await storeWithTiny();
  for (const name of [".incoming-1", ".gone-2", "two words"]) mkdirSync(join(folder, name));
  mkdirSync(join(folder, "starter"));
  writeFileSync(join(folder, "notes.txt"), "");
  expect((await store.list()).map(({ id }) => id)).toEqual(["starter", "tiny"]);
});

test.each(["missing", "..", "../tiny", "tiny/unet", ".incoming-1", "starter/..", ""])(
  "has no folder for %j",
  async (id) => {
    const { folder, store } = await storeWithTiny();
    mkdirSync(join(folder, ".incoming-1"));
    await expect(store.folderOf(id)).rejects.toMatchObject({
      code: "NOT_FOUND",
      details: { what: "model", id },
    });
  },
);

test("returns the folder of a model and of the starter", async () => {
  const { folder, store } = await storeWithTiny();
  expect(await store.folderOf("tiny")).toBe(join(folder, "tiny"));
  expect(await store.folderOf("starter")).toBe(STARTER);
});

test("removes a model completely, and is released before its files are touched", async () => {
  const seen: (readonly string[])[] = [];
  const onRemoving = (id: string) => seen.push([id, ...readdirSync(folder)]);
  const { folder, store } = await storeWithTiny({ onRemoving });
  await store.remove("tiny");
  expect(readdirSync(folder)).toEqual([]);
  expect(seen).toEqual([["tiny", "tiny"]]);
});

test("removes neither the starter nor a model in use", async () => {
  const onRemoving = (id: string) => expect.unreachable(`${id} is still needed`);
  const { folder, store } = await storeWithTiny({
    useOf: (id) => `${id} draws just now`,
    onRemoving,
  });
  await expect(store.remove("tiny")).rejects.toMatchObject({
    code: "MODEL_IN_USE",
    details: { model: "tiny", reason: "tiny draws just now" },
  });
  await expect(store.remove("starter")).rejects.toMatchObject({ code: "MODEL_IN_USE" });
  expect(readdirSync(folder)).toEqual(["tiny"]);
});

test("removes a model's float32 copies with it", async () => {
  const { folder, store } = await storeWithTiny();
  await store.verify("tiny");
  const { sha256 } = (await store.files("tiny")).find(({ path }) => path.startsWith("unet/diff"))!;
  const copies = join(`${folder}-cache`, "weights");
  mkdirSync(copies, { recursive: true });
  for (const name of [sha256, "another"]) writeFileSync(join(copies, `${name}.safetensors`), "");
  await store.remove("tiny");
  expect(readdirSync(copies)).toEqual(["another.safetensors"]);
});

test("sweeps what was started and will not continue", async () => {
  const folder = join(temporaryFolder(), "models");
  for (const name of [".incoming-1", ".incoming-2", ".gone-3", ".other"]) {
    mkdirSync(join(folder, name, "snapshot"), { recursive: true });
  }
  await openStore(folder, { mayNeed: (key) => key === "2" });
  expect(readdirSync(folder)).toEqual([".incoming-2", ".other"]);
});

test("sweeps what a crash left of a record, in a model's folder and in a staged one", async () => {
  const { folder } = await storeWithTiny();
  const left = "darkroom.json.66643c48-6792-455a-8e35-79781e55a2ea.part";
  const staged = join(folder, ".incoming-1", "snapshot");
  mkdirSync(staged, { recursive: true });
  mkdirSync(join(folder, ".starter"));
  const folders = [join(folder, "tiny"), join(folder, ".starter"), staged];
  for (const at of folders) for (const name of [left, "a.part"]) writeFileSync(join(at, name), "{");
  await openStore(folder, { mayNeed: () => true });
  const parts = folders.flatMap((at) => readdirSync(at).filter((name) => name.endsWith(".part")));
  expect(parts).toEqual(["a.part", "a.part", "a.part"]);
});

const NAMES = readdirSync(TINY, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map(({ parentPath, name }) => join(parentPath, name).slice(TINY.length + 1))
  .toSorted();

function sha256Of(file: string): string {
  return createHash("sha256").update(readFileSync(file)).digest("hex");
}

/** A snapshot with other files beside it that must not be imported. */
function untidySource(): string {
  const source = join(temporaryFolder(), "My Model (v2)!");
  cpSync(TINY, source, { recursive: true });
  const others = ["unet/diffusion_pytorch_model.bin", "README.md", "unet/handler.py", ".netrc"];
  for (const name of others) writeFileSync(join(source, name), "not ours");
  cpSync(
    join(TINY, "vae/diffusion_pytorch_model.fp16.safetensors"),
    join(source, "vae/diffusion_pytorch_model.bf16.safetensors"),
  );
  return source;
}

test("imports a snapshot: its own files, one variant, with their hashes and their source", async () => {
  const { folder, store } = await storeWithTiny();
  const seen: number[] = [];
  const id = await store.importFolder({
    key: "1",
    folder: untidySource(),
    onProgress: ({ doneBytes, totalBytes }) => seen.push(doneBytes / totalBytes),
  });
  expect(id).toBe("My-Model-v2");
  expect(await store.files(id)).toEqual(
    NAMES.map((path) => {
      const bytes = readFileSync(join(TINY, path));
      return { path, sizeBytes: bytes.length, sha256: sha256Of(join(TINY, path)) };
    }),
  );
  const model = (await store.list()).find((model) => model.id === id);
  expect(model?.problem).toBeUndefined();
  expect(model).toMatchObject({
    sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    verified: undefined,
    provenance: { kind: "folder", name: "My Model (v2)!" },
  });
  expect(seen.at(-1)).toBe(1);
  expect(readdirSync(folder)).toEqual(["My-Model-v2", "tiny"]);
});

test("imports the hub's cache through its links, under the model's name", async () => {
  const cache = join(temporaryFolder(), "models--sd2-community--stable-diffusion-2");
  const revision = join(cache, "snapshots", "abc");
  for (const [number, name] of NAMES.entries()) {
    const blob = join(cache, "blobs", String(number));
    cpSync(join(TINY, name), blob);
    mkdirSync(join(revision, name, ".."), { recursive: true });
    symlinkSync(blob, join(revision, name));
  }
  const { folder, store } = await storeWithTiny();
  const id = await store.importFolder({ key: "1", folder: cache });
  expect(id).toBe("stable-diffusion-2");
  rmSync(cache, { recursive: true });
  expect(NAMES.map((name) => sha256Of(join(folder, id, name)))).toEqual(
    NAMES.map((name) => sha256Of(join(TINY, name))),
  );
});

test("does not share its files with the source folder", async () => {
  const source = untidySource();
  const { folder, store } = await storeWithTiny();
  const id = await store.importFolder({ key: "1", folder: source });
  const name = "unet/diffusion_pytorch_model.fp16.safetensors";
  writeFileSync(join(source, name), "saved over");
  expect(sha256Of(join(folder, id, name))).toBe(sha256Of(join(TINY, name)));
});

test("imports nothing twice", async () => {
  const { store } = await storeWithTiny();
  const id = await store.importFolder({ key: "1", folder: TINY });
  expect(id).toBe("tiny-sd2-hub");
  await expect(store.importFolder({ key: "2", folder: TINY })).rejects.toMatchObject({
    code: "MODEL_EXISTS",
    details: { model: "tiny-sd2-hub" },
  });
});

test("gives another model with the same name another id", async () => {
  const { store } = await storeWithTiny();
  const source = join(temporaryFolder(), "Tiny");
  cpSync(TINY, source, { recursive: true });
  expect(await store.importFolder({ key: "1", folder: source })).toBe("Tiny-copy");
});

test.each([
  ["no folder", "SNAPSHOT_NOT_FOUND", (source: string) => rmSync(source, { recursive: true })],
  [
    "a folder without a network",
    "SNAPSHOT_INCOMPLETE",
    (source: string) => rmSync(join(source, "unet"), { recursive: true }),
  ],
  [
    "weights that are cut off",
    "SAFETENSORS_INVALID",
    (source: string) => {
      const file = join(source, "unet/diffusion_pytorch_model.fp16.safetensors");
      writeFileSync(file, readFileSync(file).subarray(0, 100_000));
    },
  ],
  [
    "pickles alone",
    "PICKLE_REFUSED",
    (source: string) => rmSync(join(source, "unet/diffusion_pytorch_model.fp16.safetensors")),
  ],
])("refuses to import %s, and keeps nothing", async (_, code, damage) => {
  const { folder, store } = await storeWithTiny();
  const source = untidySource();
  damage(source);
  await expect(store.importFolder({ key: "1", folder: source })).rejects.toMatchObject({ code });
  expect(readdirSync(folder)).toEqual(["tiny"]);
});

test("refuses to import what the disk has no space for, before it writes", async () => {
  const { folder, store } = await storeWithTiny({ freeBytes: async () => 1_000_000 });
  await expect(store.importFolder({ key: "1", folder: TINY })).rejects.toMatchObject({
    code: "DISK_FULL",
    details: { needed: expect.stringMatching(/^[\d.]+ MB, but only 1.0 MB are free$/) },
  });
  expect(readdirSync(folder)).toEqual(["tiny"]);
});

test("stops an import when it is cancelled, and keeps nothing", async () => {
  const { folder, store } = await storeWithTiny();
  const cancel = new AbortController();
  const importing = store.importFolder({
    key: "1",
    folder: TINY,
    signal: cancel.signal,
    onProgress: () => cancel.abort(new Error("enough")),
  });
  await expect(importing).rejects.toThrow("enough");
  expect(readdirSync(folder)).toEqual(["tiny"]);
});

test("lists nothing of an import that was killed in the middle, and sweeps it", async () => {
  const { folder, store } = await storeWithTiny();
  const script = resolve("test/fakes/stuck-import.ts");
  const child = spawn(process.execPath, [script, folder, TINY], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(child.stdout, "data");
  child.kill("SIGKILL");
  await once(child, "exit");
  expect(readdirSync(folder)).toEqual([".incoming-stuck", "tiny"]);
  expect((await store.list()).map(({ id }) => id)).toEqual(["starter", "tiny"]);
  await openStore(folder);
  expect(readdirSync(folder)).toEqual(["tiny"]);
});

test("stores the hashes of a model without any, and then compares with them", async () => {
  const { folder, store } = await storeWithTiny();
  await store.verify("tiny");
  expect((await store.list())[1]).toMatchObject({ sha256: expect.any(String) });
  expect((await store.list())[1]?.verified).toBeUndefined();
  await store.verify("tiny");
  expect((await store.list())[1]?.verified).toEqual({ at: expect.any(String), isSound: true });
  const file = join(folder, "tiny/unet/diffusion_pytorch_model.fp16.safetensors");
  const bytes = readFileSync(file);
  bytes[bytes.length - 1]! ^= 1;
  writeFileSync(file, bytes);
  await expect(store.verify("tiny")).rejects.toMatchObject({
    code: "SAFETENSORS_INVALID",
    details: { file: "unet/diffusion_pytorch_model.fp16.safetensors" },
  });
  expect((await store.list())[1]?.verified).toMatchObject({ isSound: false });
});

test("notices a missing file and a changed config", async () => {
  const { folder, store } = await storeWithTiny();
  const notes: string[] = [];
  const onNote = (note: string) => void notes.push(note);
  await store.verify("tiny", { onNote });
  await store.verify("tiny", { onNote });
  writeFileSync(join(folder, "tiny/scheduler/scheduler_config.json"), "{}");
  await expect(store.verify("tiny")).rejects.toMatchObject({ code: "CONFIG_INVALID" });
  rmSync(join(folder, "tiny/vae/config.json"));
  await expect(store.verify("tiny", { onNote })).rejects.toMatchObject({
    code: "SNAPSHOT_INCOMPLETE",
    details: { file: "vae/config.json" },
  });
  expect(notes).toEqual([
    expect.stringMatching(/^no checksums were known: those of \d+ files are stored now$/),
    expect.stringMatching(/^all \d+ files match their checksums$/),
    "not as its checksums say: vae/config.json and scheduler/scheduler_config.json",
  ]);
});

test("verifies the starter without writing beside it", async () => {
  const { folder, store } = await storeWithTiny();
  await store.verify("starter");
  await store.verify("starter");
  expect((await store.list())[0]).toMatchObject({ id: "starter", verified: { isSound: true } });
  expect(existsSync(join(STARTER, "hashes.json"))).toBe(false);
  expect(readdirSync(folder)).toEqual([".starter", "tiny"]);
});

test("stops a verification when it is cancelled", async () => {
  const { store } = await storeWithTiny();
  const signal = AbortSignal.abort(new Error("enough"));
  await expect(store.verify("tiny", { signal })).rejects.toThrow("enough");
});

test.skipIf(process.platform === "win32").each(
  ["hashes.json", "darkroom.json"].flatMap((record) =>
    // A link to itself is skipped like a missing file.
    ["a folder", "a link to itself"].map((what) => [what, record] as const),
  ),
)(
  "%s in place of one model's %s hides no other, and that model can be removed",
  async (what, record) => {
    const { folder, store } = await storeWithTiny();
    cpSync(TINY, join(folder, "other"), { recursive: true });
    await SPECIAL_FILES[what]?.(join(folder, "tiny", record));
    const models = await store.list();
    expect(models.map(({ id, summary }) => [id, summary?.name])).toEqual([
      ["starter", "starter"],
      ["other", "other"],
      ["tiny", "tiny"],
    ]);
    await store.provenances();
    const imported = await store.importFolder({
      key: "1",
      folder: "test/golden/tiny-sd1-eps/snapshot",
    });
    expect((await store.list()).map(({ id }) => id)).toContain(imported);
    await store.remove("tiny");
    expect((await store.list()).map(({ id }) => id)).not.toContain("tiny");
  },
);

test("a model removed while the store is listed is not in the list", async () => {
  let remove = async (): Promise<void> => {};
  const { store } = await storeWithTiny({
    readModel: async (path) => {
      if (path.endsWith("tiny")) await remove();
      return (await readModel(path, "float32")).summary;
    },
  });
  remove = () => store.remove("tiny");
  expect((await store.list()).map(({ id }) => id)).toEqual(["starter"]);
});

test("a model whose tokenizer cannot be used is not imported", async () => {
  const { store } = await storeWithTiny();
  const source = join(temporaryFolder(), "source");
  cpSync(TINY, source, { recursive: true });
  writeFileSync(join(source, "tokenizer/vocab.json"), '{"a":"x"}');
  const importing = store.importFolder({ key: "1", folder: source });
  await expect(importing).rejects.toMatchObject({ code: "TOKENIZER_INVALID" });
});

test("what was set aside from a record's place is not a file of the model", async () => {
  const { folder, store } = await storeWithTiny();
  const before = await store.files("tiny");
  writeFileSync(join(folder, "tiny", "hashes.damaged.json"), "{");
  mkdirSync(join(folder, "tiny", "darkroom.damaged-2.json"));
  writeFileSync(join(folder, "tiny", "darkroom.damaged-2.json", "x"), "");
  expect(await store.files("tiny")).toEqual(before);
});

const DAMAGES: typeof SPECIAL_FILES = {
  ...SPECIAL_FILES,
  "a broken link": (path) => symlinkSync("/nowhere/at/all", path),
  garbage: (path) => writeFileSync(path, "\0neither this nor that ".repeat(300)),
  "half of it": (path) => writeFileSync(path, '{"files": [{"path": "unet/con'),
  "no byte": (path) => writeFileSync(path, ""),
};
const RECORDS = {
  "hashes.json": "Verify the model to compute its hashes again.",
  "darkroom.json": "so it is not known where the model came from.",
};

test
  .skipIf(process.platform === "win32")
  .each(
    Object.entries(RECORDS).flatMap(([record, advice]) =>
      Object.keys(DAMAGES).map((damage) => [record, damage, advice] as const),
    ),
  )(
  "%s replaced by %s: the model can be used, and says each time what is lost",
  async (record, damage, advice) => {
    const { folder, store } = await storeWithTiny();
    await DAMAGES[damage]?.(join(folder, "tiny", record));
    for (let time = 0; time < 2; time++) {
      const [, model] = await store.list();
      expect(model).toMatchObject({ id: "tiny", summary: { name: "tiny" } });
      expect(model?.problem).toBe(undefined);
      expect(model?.lost).toEqual([expect.stringContaining(advice)]);
    }
    await store.verify("tiny");
    const isBack = record === "hashes.json";
    expect((await store.list())[1]?.lost?.length).toBe(isBack ? undefined : 1);
  },
);

test("the weights of an imported model are not read again to identify them", async () => {
  const folder = join(temporaryFolder(), "models");
  const store = await openStore(folder);
  const id = await store.importFolder({ key: "one", folder: TINY });
  const unet = join(folder, id, UNET);
  const { sha256 } = (await store.files(id)).find(({ path }) => path === UNET) ?? {};
  const progress: number[] = [];
  const onProgress = ({ totalBytes }: { totalBytes: number }): void =>
    void progress.push(totalBytes);
  const { path } = await float32Copy(unet, { cacheFolder: `${folder}-cache`, onProgress });
  expect(basename(path)).toBe(`${sha256}.safetensors`);
  // One pass over the file, which converts it.
  expect(new Set(progress)).toEqual(new Set([statSync(unet).size]));
});

test("another program's model is used in place, and nothing is written there", async () => {
  const elsewhere = join(temporaryFolder(), "their tiny");
  cpSync(TINY, elsewhere, { recursive: true });
  const before = new Set(readdirSync(elsewhere, { recursive: true, encoding: "utf8" }));
  const { folder, store } = await storeWithTiny();
  const id = await store.link(elsewhere);
  expect(id).toBe("their-tiny");
  await store.verify(id);
  const again = await openStore(folder);
  const linked = (await again.list()).find((model) => model.id === id);
  expect(linked).toMatchObject({
    summary: { folder: elsewhere },
    provenance: { kind: "link", name: elsewhere },
    verified: undefined,
  });
  expect(linked?.sha256).toMatch(/^[0-9a-f]{64}$/);
  expect(new Set(readdirSync(elsewhere, { recursive: true, encoding: "utf8" }))).toEqual(before);
  await expect(again.link(elsewhere)).rejects.toMatchObject({ code: "MODEL_EXISTS" });
});

test("removing a linked model leaves its files, and one whose place is gone can be removed", async () => {
  const elsewhere = join(temporaryFolder(), "theirs");
  cpSync(TINY, elsewhere, { recursive: true });
  const { folder, store } = await storeWithTiny();
  await store.remove(await store.link(elsewhere));
  expect(existsSync(join(elsewhere, "model_index.json"))).toBe(true);
  expect(readdirSync(folder)).toEqual(["tiny"]);
  const id = await store.link(elsewhere);
  rmSync(elsewhere, { recursive: true });
  // Its own place is named, not the link's.
  const gone = { code: "SNAPSHOT_NOT_FOUND", message: expect.stringContaining(elsewhere) };
  expect((await store.list()).find((model) => model.id === id)).toMatchObject({ problem: gone });
  await expect(store.folderOf(id)).rejects.toMatchObject(gone);
  await store.remove(id);
  expect(readdirSync(folder)).toEqual(["tiny"]);
});

test("a folder without a model cannot be linked", async () => {
  const { folder, store } = await storeWithTiny();
  await expect(store.link(temporaryFolder())).rejects.toMatchObject({
    code: "SNAPSHOT_INCOMPLETE",
  });
  expect(readdirSync(folder)).toEqual(["tiny"]);
});
