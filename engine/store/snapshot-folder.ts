import { realpath, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { StudioError } from "../contract/errors.ts";
import { openRegular } from "../files/regular-file.ts";
import type { SnapshotFiles } from "../snapshot/files.ts";
import { layoutOf, LIKED_VARIANTS } from "../snapshot/layout.ts";
import { isPickle } from "../snapshot/weight-files.ts";
import { listFolder, stampOf, type ListedFile } from "./listing.ts";
import { readFully, unreadable } from "./reading.ts";
import { findSnapshotRoot } from "./snapshot-root.ts";

/** A snapshot on disk. Its files were listed when it was opened; only those can be read. */
export interface SnapshotFolder extends SnapshotFiles {
  /** Real path of the folder that holds model_index.json. */
  readonly path: string;
  /**
   * Another string whenever a file has come, gone or changed, and the same one as long as none has: place,
   * size, inode and times of each, as they were when the folder was opened. What was read of a folder
   * holds as long as this is the same; no file need be opened to know it.
   */
  readonly identity: string;
  /** Where a listed file really lies: ONNX Runtime refuses links that lead out of their folder. */
  realPath(file: string): Promise<string>;
}

/** A snapshot has some twenty files in eight folders; a level below them is looked at, too. */
const SNAPSHOT = { depth: 3, entries: 10_000 };
/** A folder that is no snapshot may be anyone's home: only its top is looked at. */
const ANY = { depth: 1, entries: 10_000 };
const RECOMMENDED = "recommended.json";

/**
 * Opens the snapshot at `path`, which may also be a folder of the hub's cache or one around the
 * snapshot. Refuses as SNAPSHOT_NOT_FOUND where there is no folder; a folder that is no snapshot
 * opens, for readSnapshot to say what it is instead.
 */
export async function openSnapshotFolder(path: string): Promise<SnapshotFolder> {
  const folder = await realpath(path).catch(() => undefined);
  const found = folder === undefined ? undefined : await stat(folder).catch(() => undefined);
  if (folder === undefined || found === undefined) throw notFound(path);
  if (found.isFile()) return openSingleFile(folder, found.size);
  if (!found.isDirectory()) throw notFound(path);
  const root = await findSnapshotRoot(folder);
  if (root === undefined) return filesOf(folder, await listFolder(folder, ANY));
  return withRecommendation(root, await listFolder(root, SNAPSHOT));
}

/** A model in one file opens as a folder with nothing else in it, to be refused by what it is. */
function openSingleFile(file: string, sizeBytes: number): SnapshotFolder {
  const name = basename(file);
  if (!name.endsWith(".safetensors") && !isPickle(name)) throw notFound(file);
  return filesOf(dirname(file), [{ path: name, sizeBytes, stamp: "" }]);
}

/** A folder called `snapshot` may have its recommended.json beside it, as the starter does. */
async function withRecommendation(
  root: string,
  files: readonly ListedFile[],
): Promise<SnapshotFolder> {
  const beside = join(dirname(root), RECOMMENDED);
  const isInside = files.some(({ path }) => path === RECOMMENDED);
  if (isInside || basename(root) !== "snapshot") return filesOf(root, files);
  const found = await stat(beside).catch(() => undefined);
  if (!found?.isFile()) return filesOf(root, files);
  const all = [...files, { path: RECOMMENDED, sizeBytes: found.size, stamp: stampOf(found) }];
  return filesOf(root, all, new Map([[RECOMMENDED, beside]]));
}

/** `elsewhere` holds the places of files that do not lie under `root`. */
function filesOf(
  root: string,
  files: readonly ListedFile[],
  elsewhere: ReadonlyMap<string, string> = new Map(),
): SnapshotFolder {
  const places = new Map(files.map(({ path }) => [path, elsewhere.get(path) ?? join(root, path)]));
  const placeOf = (file: string): string => {
    const place = places.get(file);
    if (place === undefined) throw new StudioError("SNAPSHOT_INCOMPLETE", { file });
    return place;
  };
  return {
    path: root,
    identity: JSON.stringify([root, ...files.map(({ path, stamp }) => [path, stamp])]),
    list: async () => files,
    readBytes: async (file, start, length) => readPart(file, placeOf(file), { start, length }),
    realPath: async (file) => realpath(placeOf(file)).catch(refuseUnreadable(file)),
  };
}

/** The files that make up the model in a folder, and no others; one variant. Refuses as layoutOf. */
export async function ownFiles(
  folder: SnapshotFolder,
): Promise<readonly { readonly path: string; readonly place: string }[]> {
  const { paths } = layoutOf(
    (await folder.list()).map(({ path }) => path),
    LIKED_VARIANTS,
  );
  return Promise.all(paths.map(async (path) => ({ path, place: await folder.realPath(path) })));
}

async function readPart(
  file: string,
  place: string,
  { start, length }: { readonly start: number; readonly length: number },
): Promise<Uint8Array> {
  const handle = await openRegular(place).catch(refuseUnreadable(file));
  try {
    const bytes = new Uint8Array(length);
    return bytes.subarray(0, await readFully(handle, bytes, start));
  } catch (error) {
    throw unreadable(file, error);
  } finally {
    await handle.close();
  }
}

function refuseUnreadable(file: string): (cause: unknown) => never {
  return (cause) => {
    throw unreadable(file, cause);
  };
}

function notFound(path: string): StudioError {
  return new StudioError("SNAPSHOT_NOT_FOUND", { path });
}
