import type { DeploymentCheck } from "../contract/archives.ts";
import { modelsAmong, nameOfKey, neighbourWarning } from "./bucket-layout.ts";
import type { ConfigProperties } from "./config-properties.ts";
import { line } from "./deployment.ts";
import { servedModels } from "./serving-form.ts";
import {
  copiedObjects,
  differencesOver,
  requestedPrefix,
  type ListedObject,
} from "./storage-initializer.ts";

/** What is known about a path in a bucket that a cluster should serve. */
export interface DeployedPath {
  /** As given, and with a trailing slash; empty for the whole bucket. */
  readonly given: string;
  readonly path: string;
  /** Everything that starts with the path without its slash. */
  readonly objects: readonly ListedObject[];
  /** Absent if there is none where it is read. */
  readonly config?: ConfigProperties | undefined;
}

const STORE = "model-store/";
/** Where KServe's containers mount models. */
const MOUNTED_STORE = /^\/mnt\/models\/model-store\/?$/;

/** Where TorchServe's configuration must be. */
export function configKeyOf(path: string): string {
  return `${path}config/config.properties`;
}

/** The archives, or their folders, where TorchServe looks. */
export function storedArchives({ path, objects }: DeployedPath): readonly string[] {
  const store = `${path}${STORE}`;
  const keys = objects.map(({ key }) => key).filter((key) => key.startsWith(store));
  return modelsAmong(keys)
    .map(({ key }) => key)
    .filter((key) => !key.slice(store.length).replace(/\/$/, "").includes("/"));
}

/** It needs a folder, or a file with `.mar` as its only suffix (kserve_wrapper/TorchserveModel.py, load). */
function isSeenByWrapper(key: string): boolean {
  return key.endsWith("/") || /(?:^|\/)\.*[^./]+\.mar$/.test(key);
}

/** The lines of the checklist about a bucket; those about its archive are `deploymentChecks`. */
export function bucketChecks(deployed: DeployedPath): readonly DeploymentCheck[] {
  return [checkStore(deployed), checkConfig(deployed), checkPath(deployed)];
}

function checkStore(deployed: DeployedPath): DeploymentCheck {
  const tell = line("model-store");
  const { path, objects } = deployed;
  const archives = storedArchives(deployed);
  if (archives.some(isSeenByWrapper)) {
    return tell.ok(`${STORE} holds ${archives.map(nameOfKey).join(", ")}.`);
  }
  const [unseen] = archives;
  if (unseen !== undefined) {
    return tell.failed(
      `KServe's wrapper ignores ${nameOfKey(unseen)}, and does not start.`,
      "Publish it as a .mar whose name has no other dot.",
    );
  }
  const mine = objects.map(({ key }) => key).filter((key) => key.startsWith(path));
  const [elsewhere] = modelsAmong(mine);
  if (elsewhere === undefined) {
    return tell.failed(
      `There is no archive below ${path || "the bucket"}.`,
      "Publish a model there.",
    );
  }
  const found = `${elsewhere.key} lies where TorchServe does not look.`;
  return tell.failed(found, `Move it to ${path}${STORE}${nameOfKey(elsewhere.key)}.`);
}

function checkConfig(deployed: DeployedPath): DeploymentCheck {
  const tell = line("config");
  const { path, objects, config } = deployed;
  const key = configKeyOf(path);
  if (config === undefined) {
    const elsewhere = objects.find((one) => /(^|\/)config\.properties$/.test(one.key));
    const found =
      elsewhere === undefined || elsewhere.key === key
        ? `There is no ${key} that can be read.`
        : `${elsewhere.key} lies where TorchServe does not look.`;
    return tell.failed(found, `Put the configuration at ${key}; publishing makes it.`);
  }
  const store = config.get("model_store");
  if (store !== undefined && !MOUNTED_STORE.test(store)) {
    const found = `model_store is ${store}, but a cluster puts the archives into /mnt/models/model-store.`;
    return tell.failed(found, "Set model_store=/mnt/models/model-store.");
  }
  const models = servedModels(config);
  if (models.length === 0) {
    return tell.failed("Its model_snapshot names no model.", "Make config.properties again.");
  }
  const names = new Set(storedArchives(deployed).map(nameOfKey));
  const absent = models.find(({ marName }) => !names.has(marName));
  if (absent !== undefined) {
    const found = `It serves ${absent.name} from ${absent.marName || "nothing"}, which ${STORE} lacks.`;
    return tell.failed(found, "Write the archive's name as marName, or put that archive there.");
  }
  const list = models.map(({ name, marName }) => `${name} from ${marName}`).join(", ");
  return tell.ok(`TorchServe serves ${list}.`);
}

function checkPath({ given, path, objects }: DeployedPath): DeploymentCheck {
  const tell = line("path");
  const asked = requestedPrefix(path);
  if (asked !== path) {
    const found = `KServe ends the path at ${path[asked.length]}, and copies all that begins with ${asked}.`;
    return tell.failed(found, "Publish to a folder without ? and # in its name.");
  }
  const keys = objects.map(({ key }) => key);
  const others = neighbourWarning({ path }, keys);
  if (others !== undefined) return tell.warning(`${others}.`, `Enter ${path}, with the slash.`);
  const twice = collision(objects, path);
  if (twice !== undefined) {
    return tell.warning(`KServe 0.12 to 0.14 put ${twice}.`, "Give one of them another name.");
  }
  const [difference] = differencesOver(objects, path);
  if (difference !== undefined) {
    return tell.warning(`KServe's versions differ: ${difference}.`, "Rename or delete it.");
  }
  const [without] = differencesOver(objects, path.slice(0, -1));
  if (without === undefined) return tell.ok(`Enter ${path || "/"}.`);
  const found = `Without the slash at its end KServe's versions differ: ${without}.`;
  if (given !== path) return tell.warning(found, `Enter ${path}, with the slash.`);
  return tell.ok(`Enter ${path}, with the slash. ${found}`);
}

/** Two objects whose copies would have the same place. */
function collision(objects: readonly ListedObject[], path: string): string | undefined {
  const taken = new Map<string, string>();
  for (const copied of copiedObjects(objects, path, "0.12")) {
    const other = taken.get(copied.path);
    if (other !== undefined) return `${other} and ${copied.key} into one file, ${copied.path}`;
    taken.set(copied.path, copied.key);
  }
  return undefined;
}
