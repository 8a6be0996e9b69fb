import { readModel } from "../../engine/drawing/read-model.ts";
import { ModelStore } from "../../engine/store/model-store.ts";

/** A process that imports a folder, prints a line in the middle, and then waits to be killed. */
const [, , folder = "", source = ""] = process.argv;
const store = await ModelStore.open({
  folder,
  starterFolder: "assets/starter/snapshot",
  cacheFolder: `${folder}-cache`,
  readModel: async (path) => (await readModel(path, "float32")).summary,
  fitOf: () => ({ verdict: "good", reason: "", memoryBytes: 0 }),
});
await store.importFolder({
  key: "stuck",
  folder: source,
  onProgress: ({ doneBytes, totalBytes }) => {
    if (2 * doneBytes < totalBytes) return;
    process.stdout.write("half\n");
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  },
});
