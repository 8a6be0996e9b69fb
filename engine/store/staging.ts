import { mkdir, open, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { syncFolder } from "../files/atomic-file.ts";
import { orDiskFull } from "../files/disk-full.ts";
import { sweepFolder } from "../files/unfinished.ts";
import { listFolder } from "./listing.ts";

/** A model that is being added, in a hidden folder. */
export interface Staging {
  /** For anything the work needs besides the files. */
  readonly folder: string;
  /** For the model's files. */
  readonly snapshot: string;
}

const INCOMING = ".incoming-";
const GONE = ".gone-";

/** Size of a folder, or of what the disk has not allocated yet. */
const BLOCK_BYTES = 4096;

/** Opens the staging folder of a work, with what an earlier run left. Refuses as DISK_FULL. */
export async function openStaging(store: string, key: string): Promise<Staging> {
  const folder = join(store, `${INCOMING}${key}`);
  const snapshot = join(folder, "snapshot");
  await orDiskFull(store, BLOCK_BYTES, () => mkdir(snapshot, { recursive: true }));
  return { folder, snapshot };
}

/**
 * Passes another work's partial results to one that starts. `canUse` is called with each one's key and folder; if it
 * accepts none, or this work has already started, nothing happens.
 */
export async function inheritStaging(
  store: string,
  key: string,
  canUse: (left: string, folder: string) => Promise<boolean>,
): Promise<void> {
  const names = (await readdir(store)).filter((name) => name.startsWith(INCOMING));
  if (names.includes(`${INCOMING}${key}`)) return;
  for (const name of names) {
    if (!(await canUse(name.slice(INCOMING.length), join(store, name)))) continue;
    return rename(join(store, name), join(store, `${INCOMING}${key}`));
  }
}

export async function discardStaging(store: string, key: string): Promise<void> {
  await rm(join(store, `${INCOMING}${key}`), { recursive: true, force: true });
}

/**
 * Deletes abandoned staging folders, and unfinished records that a crash left beside a model's or a staged snapshot's
 * files.
 */
export async function sweep(store: string, mayNeed: (key: string) => boolean): Promise<void> {
  for (const entry of await readdir(store, { withFileTypes: true })) {
    const { name } = entry;
    const folder = join(store, name);
    const isIncoming = name.startsWith(INCOMING);
    if (name.startsWith(GONE) || (isIncoming && !mayNeed(name.slice(INCOMING.length))))
      await rm(folder, { recursive: true, force: true });
    else if (entry.isDirectory()) await sweepFolder(isIncoming ? join(folder, "snapshot") : folder);
  }
}

/** Syncs every file of a snapshot and their folders to the disk. Refuses as DISK_FULL. */
export function syncSnapshot(snapshot: string): Promise<void> {
  return orDiskFull(snapshot, BLOCK_BYTES, () => syncAll(snapshot));
}

async function syncAll(snapshot: string): Promise<void> {
  const folders = new Set([snapshot]);
  for (const { path } of await listFolder(snapshot, { depth: 3, entries: 10_000 })) {
    const [folder, name] = path.split("/");
    if (folder !== undefined && name !== undefined) folders.add(join(snapshot, folder));
    await using file = await open(join(snapshot, path), "r+");
    await file.sync();
  }
  for (const folder of folders) await syncFolder(folder);
}
