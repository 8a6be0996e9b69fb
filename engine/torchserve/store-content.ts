import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { isArchive, openArchive } from "../archive-files/archive.ts";
import { archiveNameSchema } from "../contract/archives.ts";

/**
 * What a model store has by a name: an archive, a model's folder, or the one archive in a folder, which can have a
 * bucket's layout. Undefined if there is nothing, or several archives to choose from.
 */
export async function urlInStore(name: string, modelStore: string): Promise<string | undefined> {
  if (!archiveNameSchema.safeParse(name).success) return undefined;
  if (await isModel(join(modelStore, name))) return name;
  const names = new Set(await readdir(modelStore).catch(() => []));
  const own = ENDINGS.map((ending) => `${name}${ending}`).find((one) => names.has(one));
  if (own !== undefined) return own;
  for (const folder of [name, join(name, "model-store")]) {
    const { models } = await modelsIn(join(modelStore, folder));
    const archives = models.filter((one) => isCalledArchive(one));
    if (archives.length === 1) return join(folder, ...archives);
  }
  return undefined;
}

/** Whether a folder is a model: a snapshot, or what was in an archive. */
export async function isModel(folder: string): Promise<boolean> {
  const found = await stat(join(folder, "model_index.json")).catch(() => undefined);
  return found?.isFile() === true || ((await isFolder(folder)) && (await isArchive(folder)));
}

export async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() === true;
}

/** The content of a folder: archives by extension, folders with a model, and everything else. */
export async function modelsIn(
  folder: string,
): Promise<{ readonly models: readonly string[]; readonly others: readonly string[] }> {
  const entries = await readdir(folder).catch(() => []);
  const names = entries.filter((name) => !name.startsWith(".")).toSorted();
  const models: string[] = [];
  for (const name of names) {
    const path = join(folder, name);
    const isThere = isCalledArchive(name) ? await isArchive(path) : await isModel(path);
    if (isThere) models.push(name);
  }
  const found = new Set(models);
  return { models, others: names.filter((name) => !found.has(name)) };
}

/** What an archive's manifest calls its model; a folder in diffusers layout has its own name. */
export async function namesIn(
  place: string,
  url: string,
): Promise<{ readonly name: string; readonly version: string }> {
  const usual = withoutEnding(url.replace(/\/+$/, ""));
  if (!(await isArchive(place))) return { name: usual, version: "1.0" };
  const { model } = (await openArchive(place)).manifest;
  return { name: model.modelName ?? usual, version: model.modelVersion ?? "1.0" };
}

const ENDINGS = [".mar", ".tar.gz", ".tgz"];
const ENDING = /\.(mar|tar\.gz|tgz)$/i;

export function isCalledArchive(name: string): boolean {
  return ENDING.test(name);
}

function withoutEnding(archive: string): string {
  return archive.replace(ENDING, "");
}
