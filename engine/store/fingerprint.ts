import { createHash } from "node:crypto";
import type { SnapshotFiles } from "../snapshot/files.ts";
import { headerLength } from "../snapshot/safetensors.ts";

const SAMPLES = 16;
const SAMPLE_BYTES = 65_536;

/**
 * A quickly computed identifier of a set of weight files, hexadecimal: sha256 over each file's path, size, header and
 * 16 blocks of 64 kB spread over it. In practice different models differ here, since training changes every tensor; but
 * it is not a hash of the content, and proves nothing about it.
 */
export async function fingerprintOf(
  files: SnapshotFiles,
  paths: readonly string[],
): Promise<string> {
  const hash = createHash("sha256");
  const sizes = new Map((await files.list()).map(({ path, sizeBytes }) => [path, sizeBytes]));
  for (const path of paths.toSorted()) {
    const size = sizes.get(path) ?? 0;
    hash.update(JSON.stringify([path, size]));
    const header = headerLength(await files.readBytes(path, 0, 8), size, path);
    hash.update(await files.readBytes(path, 0, 8 + header));
    for (const start of sampleStarts(size)) {
      hash.update(await files.readBytes(path, start, Math.min(SAMPLE_BYTES, size - start)));
    }
  }
  return hash.digest("hex");
}

/** Offsets of the blocks: the first at the start of the file, the last at its end. */
function sampleStarts(size: number): readonly number[] {
  const last = Math.max(size - SAMPLE_BYTES, 0);
  return Array.from({ length: SAMPLES }, (_, i) => Math.floor((last * i) / (SAMPLES - 1)));
}
