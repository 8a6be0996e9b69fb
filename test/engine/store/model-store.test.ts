import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readModel } from "../../../engine/drawing/read-model.ts";
import { ModelStore, type ModelStoreOptions } from "../../../engine/store/model-store.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

const TINY = "test/golden/tiny-sd2-hub/snapshot";
const STARTER = "assets/starter/snapshot";

function openStore(folder: string, changes: Partial<ModelStoreOptions> = {}): Promise<ModelStore> {
  return ModelStore.open({
    folder,
    starterFolder: STARTER,
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

test("lists neither work in progress nor loose files nor names that cannot be ids", async () => {
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

test("gives the folder of a model and of the starter", async () => {
  const { folder, store } = await storeWithTiny();
  expect(await store.folderOf("tiny")).toBe(join(folder, "tiny"));
  expect(await store.folderOf("starter")).toBe(STARTER);
});

test("removes a model whole", async () => {
  const { folder, store } = await storeWithTiny();
  await store.remove("tiny");
  expect(readdirSync(folder)).toEqual([]);
});

test("removes neither the starter nor a model in use", async () => {
  const { folder, store } = await storeWithTiny({ useOf: (id) => `${id} draws just now` });
  await expect(store.remove("tiny")).rejects.toMatchObject({
    code: "MODEL_IN_USE",
    details: { model: "tiny", reason: "tiny draws just now" },
  });
  await expect(store.remove("starter")).rejects.toMatchObject({ code: "MODEL_IN_USE" });
  expect(readdirSync(folder)).toEqual(["tiny"]);
});
