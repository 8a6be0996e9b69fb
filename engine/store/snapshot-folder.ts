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

/** A snapshot on disk. Its files are listed when it is opened; only those can be read. */
export interface SnapshotFolder extends SnapshotFiles {
  /** Real path of the folder with model_index.json. */
  readonly path: string;
  /**
   * Changes whenever a file is added, removed or changed, and only then: derived from each file's place, size, inode
   * and times when the folder was opened. What was read from a folder is valid as long as this is equal; no file needs
   * to be opened to find out.
   */
  readonly identity: string;
  /** The real path of a listed file: ONNX Runtime refuses links that lead out of their folder. */
  realPath(file: string): Promise<string>;
}

/** A snapshot has about twenty files in eight folders; one more level is read as well. */
const SNAPSHOT = { depth: 3, entries: 10_000 };
/** A folder that is not a snapshot may be someone's home: only its top level is read. */
const ANY = { depth: 1, entries: 10_000 };
const RECOMMENDED = "recommended.json";

/**
 * Opens the snapshot at `path`, which can also be a folder in the hub's cache or one that contains the snapshot.
 * Refuses as SNAPSHOT_NOT_FOUND if there is no folder; a folder that is not a snapshot can be opened, so that
 * readSnapshot can say what it is.
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

/** Opens a single-file model as a folder with only that file, to be refused with the reason. */
function openSingleFile(file: string, sizeBytes: number): SnapshotFolder {
  const name = basename(file);
  if (!name.endsWith(".safetensors") && !isPickle(name)) throw notFound(file);
  return filesOf(dirname(file), [{ path: name, sizeBytes, stamp: "" }]);
}

/** A folder called `snapshot` can have recommended.json beside it, as the starter does. */
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

/** `elsewhere` has the paths of files outside `root`. */
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

/** The files of the model in a folder, and no others; one variant. Refuses as layoutOf does. */
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
