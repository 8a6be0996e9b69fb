import { realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import { readRegular } from "../files/regular-file.ts";
import { visibleNames } from "./listing.ts";

/** Maximum number of subfolders that are examined. */
const MAX_CHILDREN = 100;
/** A revision is a commit's 40 digits; the rest allows for other names. */
const REVISION_BYTES = 200;

/**
 * The folder with model_index.json: `folder` itself, the current revision in a folder of the hub's cache
 * (models--owner--name), or the only subfolder that is a snapshot, as unpacked archives often have. Undefined if there
 * is none.
 */
export async function findSnapshotRoot(folder: string): Promise<string | undefined> {
  if (await isSnapshot(folder)) return folder;
  return (await hubRevision(folder)) ?? (await onlySnapshotIn(folder));
}

async function isSnapshot(folder: string): Promise<boolean> {
  const found = await stat(join(folder, "model_index.json")).catch(() => undefined);
  return found?.isFile() ?? false;
}

/** refs/main names the revision that the hub's client would use; without it, the only revision is used. */
async function hubRevision(folder: string): Promise<string | undefined> {
  const snapshots = join(folder, "snapshots");
  const main = await readRegular(join(folder, "refs", "main"), REVISION_BYTES).catch(() => "");
  const revision = main.trim();
  if (/^[\w-]+$/.test(revision) && (await isSnapshot(join(snapshots, revision)))) {
    return realpath(join(snapshots, revision));
  }
  return onlySnapshotIn(snapshots);
}

async function onlySnapshotIn(folder: string): Promise<string | undefined> {
  const names = await visibleNames(folder).catch(() => []);
  const found: string[] = [];
  for (const name of names.slice(0, MAX_CHILDREN)) {
    if (await isSnapshot(join(folder, name))) found.push(join(folder, name));
  }
  const [only, another] = found;
  return only === undefined || another !== undefined ? undefined : realpath(only);
}
