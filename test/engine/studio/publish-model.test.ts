import { appendFileSync, cpSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Buckets } from "../../../engine/buckets/buckets.ts";
import { ModelStore } from "../../../engine/store/model-store.ts";
import { publishWork } from "../../../engine/studio/publish-model.ts";
import { fakeConnection } from "../../fakes/fake-connection.ts";
import { TINY } from "../../fakes/mar-writer.ts";
import { refusal } from "../../fakes/refusal.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

test("a model that changes after it was read is refused by the name of its file, and nothing is sent", async () => {
  const { connections, connectionId, kept, server } = await fakeConnection();
  const dataFolder = temporaryFolder();
  const model = join(dataFolder, "model");
  cpSync(TINY, model, { recursive: true });
  const changed = join(model, "vae/config.json");
  const store = await ModelStore.open({
    folder: join(dataFolder, "models"),
    starterFolder: TINY,
    readModel: () => Promise.reject(new Error("no model is read here")),
    fitOf: () => ({ verdict: "good", reason: "", memoryBytes: 0 }),
    cacheFolder: join(dataFolder, "cache"),
  });
  const buckets = new Buckets(connections);
  const { run } = publishWork({ store, connections, buckets, dataFolder });
  const order = { model, connectionId, name: "sd" };
  const published = run({
    id: "one",
    order,
    signal: new AbortController().signal,
    onProgress: () => {},
    onStage: () => {},
    onNote: (note) => {
      if (note === "sending") appendFileSync(changed, " ");
    },
  });
  await expect(published).rejects.toEqual(refusal("ARCHIVE_INPUT_CHANGED", { what: changed }));
  expect([kept.keys(), server.requests.filter(({ method }) => method === "PUT")]).toEqual([[], []]);
});
