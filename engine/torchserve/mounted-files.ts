import { readdir, readFile, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { ConfigProperties, MAX_CONFIG_BYTES } from "../archive/config-properties.ts";
import { isArchive, openArchive } from "../archive-files/archive.ts";
import { StudioError } from "../contract/errors.ts";
import { placeInStore, type Registration } from "./model-table.ts";
import type { Environment, StartFlags } from "./start-flags.ts";
import type { StartSettings } from "./start-settings.ts";

/** Where KServe puts what lies at a path of a bucket. */
const MOUNT = "/mnt/models";
const MOUNTED_CONFIG = "config/config.properties";

/** What a start finds on its disk. */
export interface MountedFiles {
  readonly store: string | undefined;
  readonly config: ConfigProperties;
  /** Of the configuration. */
  readonly place: string | undefined;
}

/**
 * The model store and the configuration: as the flags say, else as KServe mounts them. A store that is
 * given as the folder above, as it lies in a bucket, is the model-store inside.
 */
export async function mountedFiles(
  flags: StartFlags,
  environment: Environment,
): Promise<MountedFiles> {
  const given = flags.modelStore;
  const inside = given === undefined ? undefined : join(given, "model-store");
  const store = inside !== undefined && (await isFolder(inside)) ? inside : given;
  const wanted = flags.tsConfig ?? environment["CONFIG_PATH"] ?? environment["TS_CONFIG_FILE"];
  const usual = [join(given ?? MOUNT, MOUNTED_CONFIG), join(MOUNT, MOUNTED_CONFIG)];
  const found = [];
  for (const path of usual)
    if ((await stat(path).catch(() => undefined))?.isFile()) found.push(path);
  const place = wanted ?? found[0];
  return { store, config: await readConfig(place), place };
}

async function readConfig(path: string | undefined): Promise<ConfigProperties> {
  if (path === undefined) return ConfigProperties.parse(new Uint8Array());
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile() !== true)
    throw new StudioError("NOT_FOUND", { what: "configuration", id: path });
  if (found.size > MAX_CONFIG_BYTES) {
    const reason = `a configuration has at most ${MAX_CONFIG_BYTES} bytes`;
    throw new StudioError("REQUEST_INVALID", { field: "--ts-config", value: path, reason });
  }
  return ConfigProperties.parse(await readFile(path));
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() === true;
}

/** What is registered at the start: the snapshot, else what load_models or --models name. */
export async function registeredAtStart(
  settings: StartSettings,
  modelStore: string,
): Promise<readonly Registration[]> {
  const { snapshot, responseSeconds, models } = settings;
  if (snapshot.length > 0) {
    return snapshot
      .toSorted((one, other) => Number(other.isDefault) - Number(one.isDefault))
      .map(({ marName, responseTimeout = responseSeconds, ...model }) => {
        return { ...model, url: marName, responseTimeout, isLoadedAtStart: true };
      });
  }
  const wanted = models.includes("all")
    ? await archivesIn(modelStore)
    : models.filter((one) => one !== "none");
  return Promise.all(wanted.map((one) => namedAtStart(one, settings, modelStore)));
}

async function namedAtStart(
  wanted: string,
  { responseSeconds }: StartSettings,
  modelStore: string,
): Promise<Registration> {
  const [, name, url = wanted] = /^([^=/\\]+)=(.+)$/.exec(wanted) ?? [];
  const own = await placeInStore(modelStore, url)
    .then((place) => namesIn(place, url))
    .catch(() => ({ name: basename(url).replace(/\.mar$/, ""), version: "1.0" }));
  return {
    name: name ?? own.name,
    version: own.version,
    url,
    minWorkers: 1,
    maxWorkers: 1,
    batchSize: 1,
    maxBatchDelay: 100,
    responseTimeout: responseSeconds,
    isLoadedAtStart: true,
  };
}

async function archivesIn(modelStore: string): Promise<readonly string[]> {
  const names = (await readdir(modelStore).catch(() => [])).toSorted((one, other) =>
    one < other ? -1 : 1,
  );
  const found = [];
  for (const name of names) {
    const path = join(modelStore, name);
    const isModel = (await stat(join(path, "model_index.json")).catch(() => undefined))?.isFile();
    if (isModel === true || (!name.startsWith(".") && (await isArchive(path)))) found.push(name);
  }
  return found;
}

/** What an archive's manifest calls its model; a folder in diffusers layout has its own name. */
export async function namesIn(
  place: string,
  url: string,
): Promise<{ readonly name: string; readonly version: string }> {
  const usual = url.replace(/\/+$/, "").replace(/\.(mar|tar\.gz|tgz)$/i, "");
  if (!(await isArchive(place))) return { name: usual, version: "1.0" };
  const { model } = (await openArchive(place)).manifest;
  return { name: model.modelName ?? usual, version: model.modelVersion ?? "1.0" };
}
