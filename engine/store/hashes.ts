import { createHash } from "node:crypto";
import { join } from "node:path";
import { modelFileSchema, storedModelSchema, type ModelFile } from "../contract/models.ts";
import { readJson, writeJson } from "../files/json-file.ts";

/** What the files of a stored model are known to be; kept beside them as hashes.json. */
export interface Hashes {
  readonly files: readonly ModelFile[];
  /** When they were last compared, and whether they agreed. */
  readonly verified?: { readonly at: string; readonly isSound: boolean } | undefined;
}

export const HASHES = "hashes.json";

/** A sharded model has some hundred files of 200 bytes here. */
const MAX_BYTES = 4 << 20;

const hashesSchema = storedModelSchema
  .pick({ verified: true })
  .extend({ files: modelFileSchema.array() });

/** Undefined where there are none yet, or where they are damaged: hashing again brings them back. */
export async function readHashes(folder: string): Promise<Hashes | undefined> {
  const { value } = await readJson(join(folder, HASHES), {
    maxBytes: MAX_BYTES,
    parse: (json): Hashes => hashesSchema.parse(json),
  });
  return value;
}

export async function writeHashes(folder: string, hashes: Hashes): Promise<void> {
  await writeJson(join(folder, HASHES), hashes);
}

export function isWeights(path: string): boolean {
  return path.endsWith(".safetensors");
}

/**
 * One hash for all weights, hexadecimal: the sha256 of what `sha256sum` would print of the weight
 * files in the order of their paths. Undefined unless each one's hash is known.
 */
export function weightsHash({ files }: Hashes): string | undefined {
  const weights = files
    .filter(({ path }) => isWeights(path))
    .toSorted((a, b) => (a.path < b.path ? -1 : 1));
  if (weights.length === 0 || weights.some(({ sha256 }) => sha256 === undefined)) return undefined;
  const lines = weights.map(({ path, sha256 }) => `${sha256}  ${path}\n`);
  return createHash("sha256").update(lines.join("")).digest("hex");
}
