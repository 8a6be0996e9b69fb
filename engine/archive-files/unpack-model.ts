import { createHash } from "node:crypto";
import { mkdir, open, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { crc32 } from "node:zlib";
import { StudioError } from "../contract/errors.ts";
import type { ModelFile } from "../contract/models.ts";
import { demandSpace, orDiskFull, type FreeBytes } from "../files/disk-full.ts";
import { isInt8Path } from "../snapshot/int8-path.ts";
import type { ArchivedModel, ModelMember } from "./archive.ts";
import { fileSource } from "./byte-source.ts";

export interface Unpacking {
  /** Where the snapshot's files go; files from an earlier run are compared and kept. */
  readonly target: string;
  /** Counts bytes, and throws to stop. */
  readonly onBytes: (bytes: number) => void;
  /** Replaces the disk in tests. */
  readonly freeBytes?: FreeBytes | undefined;
}

/**
 * Unpacks only a model's files from its archive, under a snapshot's names, and returns their hashes. Each is checked
 * against its size and checksum; damaged int8 weights, which can be made again, are unpacked nevertheless. Refuses as
 * DISK_FULL before the first byte if there is not enough space, and when space runs out later.
 */
export async function unpackModel(
  model: ArchivedModel,
  unpacking: Unpacking,
): Promise<readonly ModelFile[]> {
  const { target, freeBytes } = unpacking;
  const kept = await keptFiles(model, unpacking);
  const all = [...model.files, ...model.int8];
  const missing = all.filter(({ path }) => !kept.has(path));
  const needed = missing.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  await demandSpace(target, needed, freeBytes);
  const unpacked = await orDiskFull(target, needed, () => unpackAll(model, missing, unpacking));
  return all.flatMap(({ path, sizeBytes }) => {
    const sha256 = kept.get(path) ?? unpacked.get(path);
    return sha256 === undefined ? [] : [{ path, sizeBytes, sha256 }];
  });
}

type Hashes = ReadonlyMap<string, string>;

async function unpackAll(
  { container }: ArchivedModel,
  files: readonly ModelMember[],
  { target, onBytes }: Unpacking,
): Promise<Hashes> {
  const paths = new Map(files.map(({ member, path }) => [member, path]));
  const hashes = new Map<string, string>();
  for await (const { member, content } of container.walk(new Set(paths.keys()))) {
    const path = paths.get(member.path) ?? "";
    const place = join(target, path);
    await mkdir(dirname(place), { recursive: true });
    const hash = createHash("sha256");
    await using file = await open(place, "w", 0o644);
    try {
      for await (const chunk of content) {
        hash.update(chunk);
        await file.appendFile(chunk);
        onBytes(chunk.length);
      }
      hashes.set(path, hash.digest("hex"));
    } catch (error) {
      if (!isInt8Path(path) || !isDamage(error)) throw error;
    }
  }
  return hashes;
}

function isDamage(error: unknown): boolean {
  return error instanceof StudioError && error.code === "ARCHIVE_DAMAGED";
}

/** Files of an earlier run that match the checksums in the archive's directory. */
async function keptFiles(
  { container, files, int8 }: ArchivedModel,
  { target, onBytes }: Unpacking,
): Promise<Hashes> {
  const kept = new Map<string, string>();
  for (const { path, member, sizeBytes } of [...files, ...int8]) {
    const place = join(target, path);
    const wanted = container.crcOf(member);
    const found = await stat(place).catch(() => undefined);
    if (wanted === undefined || found?.size !== sizeBytes) continue;
    let sum = 0;
    const hash = createHash("sha256");
    for await (const block of fileSource(place, sizeBytes).read(0, sizeBytes)) {
      sum = crc32(block, sum);
      hash.update(block);
      onBytes(0);
    }
    if (sum !== wanted) continue;
    onBytes(sizeBytes);
    kept.set(path, hash.digest("hex"));
  }
  return kept;
}
