import { ARCHIVE_ENDING } from "../contract/archives.ts";
import { shown } from "./refusals.ts";
import { MANIFEST } from "./member.ts";

const INDEX = "model_index.json";

/** A model in a bucket: an archive, or a folder with a trailing slash. */
export interface BucketModel {
  readonly kind: "archive" | "folder";
  readonly key: string;
}

/** The models among keys: archives, archives' own files in a folder, and models in diffusers layout. */
export function modelsAmong(keys: readonly string[]): readonly BucketModel[] {
  const unpacked = rootsOf(keys, MANIFEST);
  const snapshots = rootsOf(keys, INDEX).filter((root) => !isBelow(root, unpacked));
  const folders = [...unpacked, ...snapshots];
  const archives = keys.filter((key) => ARCHIVE_ENDING.test(key) && !isBelow(key, folders));
  return [
    ...folders.map((key) => ({ kind: "folder", key }) as const),
    ...archives.map((key) => ({ kind: "archive", key }) as const),
  ];
}

/** The outermost folders that contain a file at this relative path. */
function rootsOf(keys: readonly string[], path: string): readonly string[] {
  const roots = keys
    .filter((key) => key === path || key.endsWith(`/${path}`))
    .map((key) => key.slice(0, -path.length));
  return roots.filter((root) => !roots.some((other) => root !== other && root.startsWith(other)));
}

function isBelow(key: string, folders: readonly string[]): boolean {
  return folders.some((folder) => key.startsWith(folder));
}

/** The last part of a key, for display. */
export function nameOfKey(key: string): string {
  return shown(key.split("/").findLast((part) => part !== "") ?? "");
}

/**
 * Where an archive's config.properties can be: beside its model store, as in the KServe example's bucket, or beside the
 * archive.
 */
export function configKeysFor(key: string): readonly string[] {
  const folder = key.slice(0, key.lastIndexOf("/") + 1);
  const above = folder.slice(0, folder.lastIndexOf("/", folder.length - 2) + 1);
  const beside = `${folder}config.properties`;
  return folder === "" ? [beside] : [`${above}config/config.properties`, beside];
}

/** Where the notebook's layout puts an archive and its configuration. */
export interface PublishedPlace {
  /** To be entered in OpenShift AI as the model's path. */
  readonly path: string;
  readonly configKey: string;
  readonly archiveKey: string;
}

/**
 * The trailing slash of the path is required: without it KServe 0.12 to 0.14, which OpenShift AI ships, copies an
 * object whose name starts with the path's last part elsewhere, and TorchServe does not find its archive.
 */
export function publishedPlace(prefix: string, name: string): PublishedPlace {
  const path = `${prefix}${name}/`;
  return {
    path,
    configKey: `${path}config/config.properties`,
    archiveKey: `${path}model-store/${name}.mar`,
  };
}

/** A folder for models, with a trailing slash unless it is the whole bucket. */
export function folderPrefix(given: string): string {
  const plain = given.replace(/^\/+/, "").replace(/\/+$/, "");
  return plain === "" ? "" : `${plain}/`;
}

/** What else would be copied if the path is entered without its slash; undefined if nothing. */
export function neighbourWarning(
  { path }: Pick<PublishedPlace, "path">,
  neighbours: readonly string[],
): string | undefined {
  const others = neighbours.filter((key) => !key.startsWith(path));
  if (others.length === 0) return undefined;
  const names = others.slice(0, 3).join(", ") + (others.length > 3 ? " and others" : "");
  return `Keep the slash at its end: ${names} begins the same, and KServe would copy it as well`;
}
