import { mkdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { readRegular } from "../files/regular-file.ts";
import { writeAtomically } from "../files/atomic-file.ts";
import { stampOf } from "./listing.ts";

/** Identifies a file without reading it. */
export interface FileIdentity {
  /** Absolute, all links resolved. */
  readonly path: string;
  readonly sizeBytes: number;
  /** Made from inode, size and times. */
  readonly stamp: string;
}

/** The current identity of a file; links are followed. */
export async function identify(path: string): Promise<FileIdentity> {
  const found = await stat(path);
  return { path, sizeBytes: found.size, stamp: stampOf(found) };
}

/** Hashes of files by path, so that a known file is not read again to hash it. */
const INDEX = "index.json";
/** An entry takes about 250 bytes; a longer index counts as damaged. */
const MAX_BYTES = 4 << 20;

/** The sha256 of a file when it was last hashed; undefined if the file has changed since. */
export async function knownHash(folder: string, file: FileIdentity): Promise<string | undefined> {
  const entry = (await readIndex(folder)).get(file.path);
  return entry?.stamp === file.stamp ? entry.sha256 : undefined;
}

/** Stores a hash. If two processes write at once, one entry may be lost, and that file is hashed again. */
export function rememberHash(folder: string, file: FileIdentity, sha256: string): Promise<void> {
  return rememberHashes(folder, [{ ...file, sha256 }]);
}

/** The same for several files. */
export async function rememberHashes(
  folder: string,
  files: readonly (FileIdentity & { readonly sha256: string })[],
): Promise<void> {
  const index = new Map(await readIndex(folder));
  for (const { path, stamp, sha256 } of files) index.set(path, { stamp, sha256 });
  await mkdir(folder, { recursive: true });
  const text = JSON.stringify(Object.fromEntries(index), null, 2);
  await writeAtomically(join(folder, INDEX), (file) => file.writeFile(text));
}

interface Entry {
  readonly stamp?: string;
  readonly sha256: string;
}

/** A missing or damaged index counts as empty, since it only saves work. */
async function readIndex(folder: string): Promise<ReadonlyMap<string, Entry>> {
  try {
    const index: unknown = JSON.parse(await readRegular(join(folder, INDEX), MAX_BYTES));
    const entries = Object.entries(index ?? {});
    return new Map(entries.filter((pair): pair is [string, Entry] => isEntry(pair[1])));
  } catch {
    return new Map();
  }
}

/** The hash becomes part of a path, so it must look like one. */
function isEntry(value: unknown): value is Entry {
  if (typeof value !== "object" || value === null) return false;
  return "sha256" in value && /^[0-9a-f]{64}$/.test(String(value.sha256));
}
