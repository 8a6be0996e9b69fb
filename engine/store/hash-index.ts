import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { writeAtomically } from "../files/atomic-file.ts";

/** A file as far as it can be known without reading it. */
export interface FileIdentity {
  /** Absolute, all links resolved. */
  readonly path: string;
  readonly sizeBytes: number;
  readonly modifiedMs: number;
}

/** Hashes of files by path, so that a file seen before is not read again to know it. */
const INDEX = "index.json";

/** The sha256 a file had when it was last hashed, where size and time say it is still that file. */
export async function knownHash(folder: string, file: FileIdentity): Promise<string | undefined> {
  const entry = (await readIndex(folder)).get(file.path);
  const isSame = entry?.sizeBytes === file.sizeBytes && entry.modifiedMs === file.modifiedMs;
  return isSame ? entry.sha256 : undefined;
}

/** Two processes at once may lose one of their entries; that costs one hashing, no more. */
export async function rememberHash(
  folder: string,
  { path, sizeBytes, modifiedMs }: FileIdentity,
  sha256: string,
): Promise<void> {
  const index = new Map(await readIndex(folder)).set(path, { sizeBytes, modifiedMs, sha256 });
  await mkdir(folder, { recursive: true });
  const text = JSON.stringify(Object.fromEntries(index), null, 2);
  await writeAtomically(join(folder, INDEX), (file) => file.writeFile(text));
}

interface Entry {
  readonly sizeBytes: number;
  readonly modifiedMs: number;
  readonly sha256: string;
}

/** An index that is missing or damaged is an empty one: it only saves work. */
async function readIndex(folder: string): Promise<ReadonlyMap<string, Entry>> {
  try {
    const index: unknown = JSON.parse(await readFile(join(folder, INDEX), "utf8"));
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
