import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CHANGED_MODELS, requestFor, saveModel, type ChangedName } from "./changed-models.ts";

/* Used by make_models.py: writes every changed model that has its own picture, with its request, into a subfolder of
   the given folder. */
for (const name of Object.keys(CHANGED_MODELS) as ChangedName[]) {
  if ("picture" in CHANGED_MODELS[name]) continue;
  const folder = join(process.argv[2]!, name);
  mkdirSync(folder, { recursive: true });
  saveModel(name, join(folder, "snapshot"));
  writeFileSync(join(folder, "request.json"), JSON.stringify(requestFor(CHANGED_MODELS[name])));
}
