import { join } from "node:path";
import type { ModelFile } from "../contract/models.ts";
import { clone } from "../files/clone.ts";
import { demandSpace, orDiskFull, type FreeBytes } from "../files/disk-full.ts";
import { copyHashed } from "./file-copy.ts";
import type { SnapshotFolder } from "./snapshot-folder.ts";
import { ByteCount, type FileWork } from "./file-work.ts";

export interface SnapshotCopy extends FileWork {
  readonly source: SnapshotFolder;
  /** The source's files to copy. */
  readonly paths: readonly string[];
  readonly target: string;
  readonly freeBytes?: FreeBytes | undefined;
}

/**
 * Copies a snapshot's files, resolving links, and returns their hashes. Refuses as DISK_FULL before it starts if there
 * is not enough space, and when space runs out.
 */
export async function copySnapshot(copy: SnapshotCopy): Promise<readonly ModelFile[]> {
  const { source, paths, target } = copy;
  const wanted = new Set(paths);
  const files = (await source.list()).filter(({ path }) => wanted.has(path));
  const count = new ByteCount(files, copy);
  if (!(await sharesBlocks(copy))) await demandSpace(target, count.totalBytes, copy.freeBytes);
  return orDiskFull(target, count.totalBytes, async () => {
    const copied: ModelFile[] = [];
    for (const { path, sizeBytes } of files) {
      const place = await source.realPath(path);
      const sha256 = await copyHashed(place, join(target, path), count.add);
      copied.push({ path, sizeBytes, sha256 });
    }
    return copied;
  });
}

/** Whether a copy takes no space, tested with a small file. */
async function sharesBlocks({ source, target }: SnapshotCopy): Promise<boolean> {
  const place = await source.realPath("model_index.json");
  return clone(place, join(target, "model_index.json"));
}
