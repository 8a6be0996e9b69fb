import type { KServeVersion } from "../contract/archives.ts";

/** An object in a listing. */
export interface ListedObject {
  readonly key: string;
  readonly bytes: number;
}

/** Where an object is copied to below /mnt/models. */
export interface CopiedObject {
  readonly key: string;
  readonly path: string;
}

/**
 * What KServe's storage initializer copies from a bucket, as observed with versions 0.13.0 and 0.20.0: every key that
 * starts with the path, even if the path ends in the middle of a name; only one object if the path is its key. Up to
 * 0.14, an object whose name starts with the path's last part is copied to the root, and the path is removed from a key
 * wherever it occurs. Later versions remove it only from the start, and skip empty files. Folder markers are never
 * copied.
 */
export function copiedObjects(
  objects: readonly ListedObject[],
  entered: string,
  version: KServeVersion,
): readonly CopiedObject[] {
  const path = requestedPrefix(entered);
  const taken = objects.filter(({ key, bytes }) => {
    const isFile = !key.endsWith("/") && (version === "0.12" || bytes > 0);
    return isFile && key.startsWith(path);
  });
  const exact = taken.find(({ key }) => key === path);
  if (exact !== undefined) return [{ key: exact.key, path: lastPart(exact.key) }];
  const placeOf = version === "0.12" ? placeBefore015 : placeFrom015;
  // File systems treat two slashes as one.
  return taken.map(({ key }) => ({ key, path: placeOf(key, path).replaceAll(/\/+/g, "/") }));
}

/** The prefix that the initializer requests: it parses `s3://BUCKET/PATH` as a URL, in which ? or # ends the path. */
export function requestedPrefix(entered: string): string {
  return entered.replace(/[?#].*$/s, "").replace(/^\/+/, "");
}

function placeBefore015(key: string, path: string): string {
  const [name, end] = [lastPart(key), lastPart(path)];
  if (end !== "" && name.startsWith(end)) return name;
  return path === "" ? key : key.replaceAll(path, "").replace(/^\/+/, "");
}

function placeFrom015(key: string, path: string): string {
  return key.slice(path.length).replace(/^\/+/, "");
}

function lastPart(key: string): string {
  return key.slice(key.lastIndexOf("/") + 1);
}

/** The objects that the two kinds of versions copy differently for a path, in a few words each. */
export function differencesOver(objects: readonly ListedObject[], path: string): readonly string[] {
  const later = new Map(copiedObjects(objects, path, "0.15").map((one) => [one.key, one.path]));
  return copiedObjects(objects, path, "0.12").flatMap(({ key, path: before }) => {
    const after = later.get(key);
    if (after === before) return [];
    return [`${key} becomes ${before} up to 0.14 and ${after ?? "nothing"} in later ones`];
  });
}
