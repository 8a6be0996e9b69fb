import { randomUUID } from "node:crypto";
import { readdir, rename, rm, stat, utimes } from "node:fs/promises";
import { join } from "node:path";
import { findModel, isArchive, openArchive, type ArchivedModel } from "../archive-files/archive.ts";
import { unpackModel } from "../archive-files/unpack-model.ts";
import { hashFile } from "../files/hash-file.ts";
import { cacheFolder, makeCache } from "../store/cache-folder.ts";
import { ByteCount, type FileWork, type WorkProgress } from "../store/file-work.ts";
import { identify, knownHash, rememberHash } from "../store/hash-index.ts";
import { idFrom } from "../store/model-ids.ts";
import { rememberModelHashes } from "../store/kept-copies.ts";

export type { WorkProgress };

export interface ArchiveUnpacking extends FileWork {
  /** The cache folder; the system's by default. */
  readonly cacheFolder?: string | undefined;
}

const DAY_MS = 86_400_000;
/** A model that was not used for this long is deleted: unpacking it again takes seconds. */
const KEPT_MS = 14 * DAY_MS;
const PART = ".part-";

/**
 * The folder to draw from, for a model given by path: an archive is unpacked into the cache under its sha256 the first
 * time and reused afterwards; any other path is returned as it is.
 */
export async function drawableFolder(path: string, work: ArchiveUnpacking = {}): Promise<string> {
  if (!(await isArchive(path))) return path;
  const archive = await openArchive(path);
  const model = await findModel(archive);
  const isUnpacked = archive.format === "folder" && model.zip === undefined;
  if (isUnpacked) return join(archive.path, prefixOf(model));
  const cache = cacheFolder(work.cacheFolder);
  const caches = join(cache, "archives");
  await makeCache(caches);
  await sweep(caches);
  const count = new ByteCount([archive, ...model.files, ...model.int8], work);
  const holder = archive.format === "folder" ? join(archive.path, model.zip ?? "") : archive.path;
  const place = join(caches, await contentHash(holder, caches, count));
  const name = idFrom(archive.manifest.model.modelName ?? archive.container.name);
  const folder = join(place, name);
  if (!(await isFolder(folder))) {
    const part = join(caches, `${PART}${randomUUID()}`);
    try {
      const files = await unpackModel(model, { target: join(part, name), onBytes: count.add });
      await rm(place, { recursive: true, force: true });
      await rename(part, place);
      await rememberModelHashes(cache, folder, files).catch(() => undefined);
    } finally {
      await rm(part, { recursive: true, force: true });
    }
  }
  await utimes(place, new Date(), new Date());
  return folder;
}

/** The model's folder within its archive. */
function prefixOf({ files: [first] }: ArchivedModel): string {
  return first === undefined ? "" : first.member.slice(0, -first.path.length);
}

/** The hash of the file that contains the model: the archive, or the zip in a folder. */
async function contentHash(path: string, caches: string, count: ByteCount): Promise<string> {
  const identity = await identify(path);
  const known = await knownHash(caches, identity);
  if (known !== undefined) return known;
  const sha256 = await hashFile(path, count.add);
  // If this is not recorded, the file is hashed again next time.
  await rememberHash(caches, identity, sha256).catch(() => undefined);
  return sha256;
}

/** Deletes models that were not used for long, and incomplete leftovers. */
async function sweep(caches: string): Promise<void> {
  const now = Date.now();
  for (const entry of await readdir(caches, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    const folder = join(caches, entry.name);
    const used = (await stat(folder).catch(() => undefined))?.mtimeMs ?? now;
    const kept = entry.name.startsWith(PART) ? DAY_MS : KEPT_MS;
    // One that is in use is left for the next sweep.
    if (now - used > kept)
      await rm(folder, { recursive: true, force: true }).catch(() => undefined);
  }
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
}
