import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { toWire, type WireError } from "../contract/errors.ts";
import {
  modelFileSchema,
  provenanceSchema,
  storedModelSchema,
  type ModelFile,
  type Provenance,
} from "../contract/models.ts";
import { hasSetAside } from "../files/stored-file.ts";
import { readJson, writeJson } from "../files/json-file.ts";

/** Information about a stored model is kept beside its files, in two files of the studio's. */
const HASHES = "hashes.json";
const PROVENANCE = "darkroom.json";

/**
 * Whether a path in a model's folder is one of these files, or one that was moved aside; they are not part of the
 * model.
 */
export function isRecord(path: string): boolean {
  return /^(?:hashes|darkroom)(?:\.(?:damaged|newer)(?:-\d+)?)?\.json(?:\/|$)/.test(path);
}

/** What is known about the files of a stored model. */
export interface Hashes {
  readonly files: readonly ModelFile[];
  /** When they were last compared, and whether they matched. */
  readonly verified?: { readonly at: string; readonly isSound: boolean } | undefined;
  /** The key of the work that added them. */
  readonly broughtBy?: string | undefined;
}

/** A sharded model has about a hundred files of 200 bytes each here. */
const MAX_BYTES = 4 << 20;

const hashesSchema = storedModelSchema
  .pick({ verified: true })
  .extend({ files: modelFileSchema.array(), broughtBy: provenanceSchema.shape.name.optional() });

/** Undefined if there are none yet or they are damaged: hashing again restores them. */
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
 * A single hash for all weights, hexadecimal: the sha256 of `sha256sum`'s output for the weight files in the order of
 * their paths. Undefined unless every hash is known.
 */
export function weightsHash({ files }: Hashes): string | undefined {
  const weights = files
    .filter(({ path }) => isWeights(path))
    .toSorted((a, b) => (a.path < b.path ? -1 : 1));
  if (weights.length === 0 || weights.some(({ sha256 }) => sha256 === undefined)) return undefined;
  const lines = weights.map(({ path, sha256 }) => `${sha256}  ${path}\n`);
  return createHash("sha256").update(lines.join("")).digest("hex");
}

/** Where a model came from. Undefined if unknown: the folder was put into the store by hand. */
async function readProvenance(folder: string): Promise<Provenance | undefined> {
  const { value } = await readJson(join(folder, PROVENANCE), {
    maxBytes: MAX_BYTES,
    parse: (json): Provenance => provenanceSchema.parse(json),
  });
  return value;
}

export async function writeProvenance(folder: string, provenance: Provenance): Promise<void> {
  await writeJson(join(folder, PROVENANCE), provenance);
}

const HASHES_LOST =
  "Its hashes.json was damaged and set aside. Verify the model to compute its hashes again.";
const PROVENANCE_LOST =
  "Its darkroom.json was damaged and set aside, so it is not known where the model came from.";

/** Everything stored about one model. */
export interface Records {
  readonly hashes?: Hashes | undefined;
  readonly provenance?: Provenance | undefined;
  readonly problem?: WireError;
  /** Files that were damaged and moved aside without replacement. */
  readonly lost?: readonly string[];
}

/** What is known about a model besides its files; unreadable information affects only this model. */
export async function recordsIn(folder: string): Promise<Records> {
  try {
    const [hashes, provenance] = [await readHashes(folder), await readProvenance(folder)];
    const isLost = (name: string, found: unknown): boolean =>
      found === undefined && existsSync(folder) && hasSetAside(join(folder, name));
    const lost = [
      ...(isLost(HASHES, hashes) ? [HASHES_LOST] : []),
      ...(isLost(PROVENANCE, provenance) ? [PROVENANCE_LOST] : []),
    ];
    return { hashes, provenance, ...(lost.length > 0 && { lost }) };
  } catch (error) {
    return { problem: toWire(error) };
  }
}
