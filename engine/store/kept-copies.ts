import { readdir, realpath, rm } from "node:fs/promises";
import { join } from "node:path";
import type { ModelFile } from "../contract/models.ts";
import { ABANDONED_MS, sweepAbandoned } from "./cache-folder.ts";
import { identify, rememberHashes } from "./hash-index.ts";

/** The folder of copies and of the index of hashes. */
export const copiesIn = (cacheFolder: string): string => join(cacheFolder, "weights");

/** Stores the hashes of a model's weight files, so that they need not be hashed again to make copies. */
export async function rememberModelHashes(
  cacheFolder: string,
  folder: string,
  files: readonly ModelFile[],
): Promise<void> {
  const known = files.flatMap(({ path, sha256 }) =>
    sha256 === undefined || !path.endsWith(".safetensors") ? [] : [{ path, sha256 }],
  );
  const identified = known.map(async ({ path, sha256 }) => {
    return { ...(await identify(await realpath(join(folder, path)))), sha256 };
  });
  await rememberHashes(copiesIn(cacheFolder), await Promise.all(identified));
}

/**
 * Deletes unfinished copies whose writers were killed: now, and once more later, since a recent one cannot yet be told
 * from that of a running writer. The returned function cancels the second time.
 */
export function sweepCopies(cacheFolder: string): () => void {
  const sweep = (): void => void sweepAbandoned(copiesIn(cacheFolder));
  sweep();
  const later = setTimeout(sweep, 1.1 * ABANDONED_MS).unref();
  return () => clearTimeout(later);
}

/** Deletes the copies of files with these hashes; one that cannot be deleted because it is in use stays. */
export async function forgetCopies(
  cacheFolder: string,
  files: readonly { readonly sha256?: string | undefined }[],
): Promise<void> {
  const folder = copiesIn(cacheFolder);
  const hashes = new Set(files.flatMap(({ sha256 }) => sha256 ?? []));
  const names = await readdir(folder).catch(() => []);
  const copies = names.filter((name) => hashes.has(name.split(".")[0] ?? ""));
  const remove = (copy: string) => rm(join(folder, copy), { force: true }).catch(() => undefined);
  await Promise.all(copies.map(remove));
}
