import { readFile, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { ConfigProperties, MAX_CONFIG_BYTES } from "../archive/config-properties.ts";
import { shown } from "../archive/refusals.ts";
import { archiveNameSchema } from "../contract/archives.ts";
import { StudioError } from "../contract/errors.ts";
import { ALIAS } from "../serving/routes/served-model.ts";
import { placeInStore, type Registration } from "./model-table.ts";
import { configIn, type Environment, isInMount, MOUNT, type StartFlags } from "./start-flags.ts";
import type { StartSettings } from "./start-settings.ts";
import { isCalledArchive, isFolder, isModel, modelsIn, namesIn } from "./store-content.ts";

const MOUNTED_CONFIG = "config/config.properties";

/** The model store and the configuration of a start. */
export interface MountedFiles {
  readonly store: string | undefined;
  readonly config: ConfigProperties;
  /** The configuration's path, or why there is none, for the log. */
  readonly place: string;
}

/**
 * The model store and the configuration that the flags or the environment name. If none is named, the configuration is
 * taken from the store or from KServe's mount. If the store contains a folder `model-store`, as a bucket does, that is
 * used. A named configuration that does not exist is refused as NOT_FOUND, except in the mount, where none is needed.
 */
export async function mountedFiles(
  flags: StartFlags,
  environment: Environment,
): Promise<MountedFiles> {
  const given = flags.modelStore;
  const inside = given === undefined ? undefined : join(given, "model-store");
  const store = inside !== undefined && (await isFolder(inside)) ? inside : given;
  const wanted = flags.tsConfig ?? configIn(environment);
  const usual = [join(given ?? MOUNT, MOUNTED_CONFIG), join(MOUNT, MOUNTED_CONFIG)];
  const found = [];
  for (const path of usual)
    if ((await stat(path).catch(() => undefined))?.isFile()) found.push(path);
  return { store, ...(await readConfig(wanted ?? found[0])) };
}

async function readConfig(path: string | undefined): Promise<Omit<MountedFiles, "store">> {
  const nothing = ConfigProperties.parse(new Uint8Array());
  if (path === undefined) return { config: nothing, place: "none" };
  const found = await stat(path).catch(() => undefined);
  if (found === undefined && isInMount(path))
    return { config: nothing, place: `none, since ${path} does not exist` };
  if (found?.isFile() !== true)
    throw new StudioError("NOT_FOUND", { what: "configuration", id: path });
  if (found.size > MAX_CONFIG_BYTES) {
    const reason = `a configuration has at most ${MAX_CONFIG_BYTES} bytes`;
    throw new StudioError("REQUEST_INVALID", { field: "--ts-config", value: path, reason });
  }
  return { config: ConfigProperties.parse(await readFile(path)), place: path };
}

/** A line for the log. */
type Tell = (line: string) => void;

/** The `url` of a model whose folder is the model store itself, if that is a snapshot or an unpacked archive. */
const STORE_ITSELF = ".";

/**
 * The folder to serve models from: the named one, or its parent if only that is a model or has an archive. KServe 0.12
 * to 0.14 put an archive that has the same name as its bucket folder beside the model-store.
 */
export async function storeWithModels(named: string, tell: Tell): Promise<string> {
  const above = dirname(named);
  if ((await isModel(named)) || (await modelsIn(named)).models.length > 0) return named;
  const isAbove =
    (await isModel(above)) || (await modelsIn(above)).models.some((one) => isCalledArchive(one));
  if (!isAbove) return named;
  tell(`${named} has no models, so those in ${above} are served.`);
  return above;
}

/** The path of a registered model. Refuses as placeInStore does. */
export async function placeOf({ url }: Pick<Registration, "url">, modelStore: string) {
  return url === STORE_ITSELF ? modelStore : placeInStore(modelStore, url);
}

/** The models to register at the start. Those whose name or version is invalid or taken are left out and logged. */
export async function registeredAtStart(
  settings: StartSettings,
  modelStore: string,
  tell: Tell,
): Promise<readonly Registration[]> {
  const all = await placedAtStart(settings, modelStore, tell);
  const sound = new Map<string, Registration>();
  const faults: string[] = [];
  for (const one of all) {
    const { name, version } = one;
    const fault = faultOf(one, sound);
    if (fault === undefined) sound.set(`${name}/${version}`, one);
    else faults.push(`Not loaded: ${shown(name)} ${shown(version)}, since ${fault}.`);
  }
  for (const fault of faults.slice(0, SHOWN_FAULTS)) tell(fault);
  const more = faults.length - SHOWN_FAULTS;
  if (more > 0) tell(`Not loaded: ${more} more, for reasons like these.`);
  return [...sound.values()];
}

const SHOWN_FAULTS = 20;

/** More models than anybody serves from one model store. */
const MAX_MODELS = 1000;

/** Why a model is not registered at the start; undefined if it is. `before` are those registered so far. */
function faultOf(
  { name, version }: Registration,
  before: ReadonlyMap<string, Registration>,
): string | undefined {
  if (before.size >= MAX_MODELS) return `there are more than ${MAX_MODELS} models`;
  if (before.has(`${name}/${version}`)) return "another model has that name and version";
  const isNamed = [name, version].every((one) => archiveNameSchema.safeParse(one).success);
  return isNamed ? undefined : "names and versions have letters, digits, dots, - and _";
}

/** If the model store is itself a model, every name that is not found in it stands for that model. */
async function placedAtStart(
  settings: StartSettings,
  modelStore: string,
  tell: Tell,
): Promise<readonly Registration[]> {
  const isStoreItself = await isModel(modelStore);
  const named = await namedModels(settings, modelStore, isStoreItself ? () => {} : tell);
  if (!isStoreItself) return named;
  if (named.length === 0) {
    const own = await namesIn(modelStore, ALIAS);
    return [registration({ ...own, url: STORE_ITSELF }, settings)];
  }
  return Promise.all(
    named.map(async (one) => {
      const isThere = await placeInStore(modelStore, one.url).then(Boolean, () => false);
      return isThere ? one : { ...one, url: STORE_ITSELF };
    }),
  );
}

/** The models of the configuration's model_snapshot; without it, those that --models or load_models name. */
async function namedModels(
  settings: StartSettings,
  modelStore: string,
  tell: Tell,
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
    ? await allModelsIn(modelStore, tell)
    : models.filter((one) => one !== "none");
  return Promise.all(wanted.map((one) => namedAtStart(one, settings, modelStore)));
}

async function namedAtStart(
  wanted: string,
  settings: StartSettings,
  modelStore: string,
): Promise<Registration> {
  const [, name, url = wanted] = /^([^=/\\]+)=(.+)$/.exec(wanted) ?? [];
  const own = await placeInStore(modelStore, url)
    .then((place) => namesIn(place, url))
    .catch(() => ({ name: basename(url).replace(/\.mar$/, ""), version: "1.0" }));
  return registration({ name: name ?? own.name, version: own.version, url }, settings);
}

function registration(
  one: Pick<Registration, "name" | "version" | "url">,
  { responseSeconds }: StartSettings,
): Registration {
  return {
    ...one,
    minWorkers: 1,
    maxWorkers: 1,
    batchSize: 1,
    maxBatchDelay: 100,
    responseTimeout: responseSeconds,
    isLoadedAtStart: true,
  };
}

/** Every model in the store, for `all`. Logs the names of everything else in it, in one line. */
async function allModelsIn(modelStore: string, tell: Tell): Promise<readonly string[]> {
  const { models, others } = await modelsIn(modelStore);
  if (others.length > 0) {
    const names = others.slice(0, SHOWN_NAMES).map((one) => JSON.stringify(shown(one)));
    const more = others.length > SHOWN_NAMES ? ` and ${others.length - SHOWN_NAMES} more` : "";
    tell(`Not loaded, being neither an archive nor a model: ${names.join(", ")}${more}.`);
  }
  return models;
}

/** How many names that line contains. */
const SHOWN_NAMES = 5;
