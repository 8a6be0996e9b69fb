import { randomUUID } from "node:crypto";
import { mkdir, readdir, rename, rm, stat, utimes } from "node:fs/promises";
import { join } from "node:path";
import { findModel, isArchive, openArchive, type ArchivedModel } from "../archive-files/archive.ts";
import { unpackModel } from "../archive-files/unpack-model.ts";
import { hashFile } from "../files/hash-file.ts";
import { cacheFolder } from "../store/cache-folder.ts";
import { ByteCount, type FileWork, type WorkProgress } from "../store/file-work.ts";
import { identify, knownHash, rememberHash } from "../store/hash-index.ts";
import { idFrom } from "../store/model-ids.ts";

export type { WorkProgress };

export interface ArchiveUnpacking extends FileWork {
  /** As cacheFolder gives it; the system's own place by default. */
  readonly cacheFolder?: string | undefined;
}

const DAY_MS = 86_400_000;
/** A model that was not drawn with for so long is deleted: unpacking it again takes seconds. */
const KEPT_MS = 14 * DAY_MS;
const PART = ".part-";

/**
 * The folder to draw from for what a person calls a model: an archive is unpacked into the cache the
 * first time, under its sha256, and found there the next; any other path is given back as it is.
 */
export async function drawableFolder(path: string, work: ArchiveUnpacking = {}): Promise<string> {
  if (!(await isArchive(path))) return path;
  const archive = await openArchive(path);
  const model = await findModel(archive);
  const isUnpacked = archive.format === "folder" && model.zip === undefined;
  if (isUnpacked) return join(archive.path, prefixOf(model));
  const caches = join(cacheFolder(work.cacheFolder), "archives");
  await mkdir(caches, { recursive: true });
  await sweep(caches);
  const count = new ByteCount([archive, ...model.files], work);
  const holder = archive.format === "folder" ? join(archive.path, model.zip ?? "") : archive.path;
  const place = join(caches, await contentHash(holder, caches, count));
  const name = idFrom(archive.manifest.model.modelName ?? archive.container.name);
  const folder = join(place, name);
  if (!(await isFolder(folder))) {
    const part = join(caches, `${PART}${randomUUID()}`);
    try {
      await unpackModel(model, { target: join(part, name), onBytes: count.add });
      await rm(place, { recursive: true, force: true });
      await rename(part, place);
    } finally {
      await rm(part, { recursive: true, force: true });
    }
  }
  await utimes(place, new Date(), new Date());
  return folder;
}

/** Where in its archive the model's folder is. */
function prefixOf({ files: [first] }: ArchivedModel): string {
  return first === undefined ? "" : first.member.slice(0, -first.path.length);
}

/** Of the file that holds the model: the archive, or the zip in a folder. */
async function contentHash(path: string, caches: string, count: ByteCount): Promise<string> {
  const identity = await identify(path);
  const known = await knownHash(caches, identity);
  if (known !== undefined) return known;
  const sha256 = await hashFile(path, count.add);
  // Without the entry it is hashed again.
  await rememberHash(caches, identity, sha256).catch(() => undefined);
  return sha256;
}

/** Deletes models that were not used for long, and what was begun and never ended. */
async function sweep(caches: string): Promise<void> {
  const now = Date.now();
  for (const entry of await readdir(caches, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    const folder = join(caches, entry.name);
    const used = (await stat(folder).catch(() => undefined))?.mtimeMs ?? now;
    const kept = entry.name.startsWith(PART) ? DAY_MS : KEPT_MS;
    // One that is in use stays for the next time.
    if (now - used > kept)
      await rm(folder, { recursive: true, force: true }).catch(() => undefined);
  }
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
}
