import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { isArchive, openArchive } from "../archive-files/archive.ts";
import { ARCHIVE_ENDING, archiveNameSchema } from "../contract/archives.ts";

/**
 * The `url` of the model store's model of this name: a model's folder, an archive, or the only archive in a folder or
 * in its `model-store`. Undefined if there is none, or if a folder has several archives.
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

/** Whether a folder is a model: a snapshot or an unpacked archive. */
export async function isModel(folder: string): Promise<boolean> {
  const found = await stat(join(folder, "model_index.json")).catch(() => undefined);
  return found?.isFile() === true || ((await isFolder(folder)) && (await isArchive(folder)));
}

export async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() === true;
}

/** The names in a folder: archives and folders that are models, and all others. Hidden files are left out. */
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

/** Name and version from an archive's manifest; a snapshot has its folder's name and version 1.0. */
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

export function isCalledArchive(name: string): boolean {
  return ARCHIVE_ENDING.test(name);
}

function withoutEnding(archive: string): string {
  return archive.replace(ARCHIVE_ENDING, "");
}
