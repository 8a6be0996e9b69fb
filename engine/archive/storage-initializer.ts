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
 * What KServe's storage initializer makes of a bucket, as versions 0.13.0 and 0.20.0 were seen to do. It takes
 * every key that begins with the path, whether or not a folder ends there; a path that is a key brings that
 * object alone. Up to 0.14, an object whose name begins as the path's last part does goes to the root, and the
 * path is cut out of a key wherever it stands; later ones cut it off the beginning, and leave out empty files.
 * Markers of folders are never copied.
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

/** The prefix that it requests: it parses `s3://BUCKET/PATH` as a URL, in which a ? or # ends the path. */
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

/** Where the two kinds of versions differ for a path, in a few words per object. */
export function differencesOver(objects: readonly ListedObject[], path: string): readonly string[] {
  const later = new Map(copiedObjects(objects, path, "0.15").map((one) => [one.key, one.path]));
  return copiedObjects(objects, path, "0.12").flatMap(({ key, path: before }) => {
    const after = later.get(key);
    if (after === before) return [];
    return [`${key} becomes ${before} up to 0.14 and ${after ?? "nothing"} in later ones`];
  });
}
