import fs from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { basename, dirname } from "node:path";

/**
 * A program that imports a model into a data folder and is killed right after the rename that completes the model,
 * before it is reported: `import-killed-at-end.ts DATA_FOLDER MODEL_FOLDER`.
 */
const [dataFolder = "", model = ""] = process.argv.slice(2);
const { rename } = fs;
fs.rename = async (from, to) => {
  await rename(from, to);
  const isModel =
    basename(String(from)) === "snapshot" && basename(dirname(String(to))) === "models";
  if (isModel) process.kill(process.pid, "SIGKILL");
};
syncBuiltinESMExports();

const { openOwnStudio } = await import("../../engine/host.ts");
const studio = await openOwnStudio(dataFolder);
await studio.client.models.import({ folder: model });
