import { createHash } from "node:crypto";
import { readdir, realpath, rm, stat, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import type { ModelFile } from "../contract/models.ts";
import {
  float32Layout,
  quantizedLayout,
  type Piece,
  type WeightLayout,
} from "../snapshot/weight-layout.ts";
import type { SafetensorsHeader } from "../snapshot/safetensors.ts";
import { QuantizedMatrix } from "../tensor/quantize.ts";
import { writeAtomically } from "../files/atomic-file.ts";
import { demandSpace, type FreeBytes } from "../files/disk-full.ts";
import { isSystemError } from "../files/system-error.ts";
import { cacheFailure, makeCache, sweepAbandoned } from "./cache-folder.ts";
import { identify, knownHash, rememberHash, rememberHashes } from "./hash-index.ts";
import { findShipped, type ShippedWeights } from "./shipped-weights.ts";
import { ScaledRows, type MoveInFile } from "./scaled-rows.ts";
import { WeightSource } from "./weight-source.ts";

/** Bytes of the source that were hashed or converted, and the total. */
export interface CopyProgress {
  readonly doneBytes: number;
  readonly totalBytes: number;
}

export interface CopyOptions {
  /** The cache folder; copies are in `weights` inside it. */
  readonly cacheFolder: string;
  readonly onProgress?: ((progress: CopyProgress) => void) | undefined;
  /** Stops between two blocks of a megabyte, leaving nothing unfinished behind. */
  readonly signal?: AbortSignal | undefined;
  /** Int8 weights that came with the model. */
  readonly shipped?: ShippedWeights | undefined;
  /** Replaces the disk in tests. */
  readonly freeBytes?: FreeBytes;
}

/** A file's copy, and where its tensors are in it. */
export interface WeightCopy {
  readonly path: string;
  readonly layout: WeightLayout;
}

/** Which tensors of a file are quantized, and to how many bits including the sign. */
export interface Quantization {
  /** Their offsets in the source. */
  readonly offsets: ReadonlySet<number>;
  readonly bits: 7 | 8;
  /** Channels that are scaled before quantization. */
  readonly moves?: readonly MoveInFile[];
}

/**
 * The float32 copy of a safetensors file, made the first time and reused afterwards: the CPU provider maps float32
 * weights in place, but folds casts of half-precision ones into gigabytes of memory at load (engine/README.md). It is
 * named by the source's sha256, is either complete or absent, and may be deleted. Refuses as DISK_FULL before and
 * during writing, and as CACHE_UNWRITABLE if the system forbids it.
 */
export async function float32Copy(source: string, options: CopyOptions): Promise<WeightCopy> {
  const kind = { name: "", layoutOf: float32Layout, bits: 8, moves: [] };
  return copyInto(source, kind, options);
}

/**
 * The copy of a safetensors file with its largest tensors quantized to a quarter of their size; made, named, found and
 * refused like the float32 copy.
 */
export async function quantizedCopy(
  source: string,
  { offsets, bits, moves = [] }: Quantization,
  options: CopyOptions,
): Promise<WeightCopy> {
  const what = JSON.stringify([[...offsets].toSorted((a, b) => a - b), moves]);
  const which = createHash("sha256").update(what).digest("hex").slice(0, 8);
  const layoutOf = (header: SafetensorsHeader) => quantizedLayout(header, offsets);
  return copyInto(source, { name: `.int${bits}-${which}`, layoutOf, bits, moves }, options);
}

/** What distinguishes the kinds of copies. */
interface Kind {
  /** Follows the hash in its name. */
  readonly name: string;
  readonly layoutOf: (header: SafetensorsHeader) => WeightLayout;
  /** Bits of the quantized values. */
  readonly bits: number;
  readonly moves: readonly MoveInFile[];
}

async function copyInto(source: string, kind: Kind, options: CopyOptions): Promise<WeightCopy> {
  options.signal?.throwIfAborted();
  const folder = copiesIn(options.cacheFolder);
  await using file = await WeightSource.open(source);
  return await copyOf({ source: file, folder, kind, options });
}

const copiesIn = (cacheFolder: string): string => join(cacheFolder, "weights");

/** Records the hashes of files that have just been hashed, so that making a copy need not read them for that. */
export async function announceHashes(
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

/** Deletes the copies of files with these hashes; one that is in use is left. */
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

interface Work {
  readonly source: WeightSource;
  /** The folder of copies and index. */
  readonly folder: string;
  readonly kind: Kind;
  readonly options: CopyOptions;
}

async function copyOf(work: Work): Promise<WeightCopy> {
  const { source, folder, kind, options } = work;
  const { identity } = source;
  const layout = kind.layoutOf(await source.header());
  const known = await knownHash(folder, identity);
  const passes = known === undefined ? 2 : 1;
  const progress = progressOf(options, passes * identity.sizeBytes);
  const sha256 = known ?? (await source.hash(progress));
  const copy = { path: join(folder, `${sha256}${kind.name}.safetensors`), layout };
  const found = (await isComplete(copy)) ? copy : await shippedCopy(work, sha256, layout);
  if (found === undefined) await convert(work, copy, progress);
  // If this is not recorded, the copy is found by hashing again.
  if (known === undefined) await rememberHash(folder, identity, sha256).catch(() => undefined);
  return found ?? copy;
}

/** The copy that came with the model, if it is this one. */
async function shippedCopy(
  { folder: indexFolder, kind, options: { shipped, signal } }: Work,
  source: string,
  layout: WeightLayout,
): Promise<WeightCopy | undefined> {
  if (shipped === undefined || kind.name === "") return undefined;
  const wanted = { source, kind: kind.name.slice(1), layout };
  const path = await findShipped(shipped, wanted, { indexFolder, signal });
  return path === undefined ? undefined : { path, layout };
}

/** A copy is renamed when it is complete; the size is checked in case it was truncated later. */
async function isComplete({ path, layout }: WeightCopy): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found?.size === layout.sizeBytes;
}

/** Counts bytes, reports them, and throws the signal's reason once it is aborted. */
type Progress = (bytes: number) => void;

function progressOf(options: CopyOptions, totalBytes: number): Progress {
  let doneBytes = 0;
  return (bytes) => {
    options.signal?.throwIfAborted();
    doneBytes += bytes;
    options.onProgress?.({ doneBytes, totalBytes });
  };
}

async function convert(work: Work, copy: WeightCopy, progress: Progress): Promise<void> {
  const { source, folder, options } = work;
  const needed = copy.layout.sizeBytes;
  await makeCache(folder);
  await sweepAbandoned(folder);
  await demandSpace(folder, needed, options.freeBytes);
  try {
    await writeAtomically(copy.path, async (file) => {
      await file.appendFile(copy.layout.head);
      const { pieces } = copy.layout;
      const { moves } = work.kind;
      const rows = await ScaledRows.open(source, { pieces, moves }, options.signal);
      for (const piece of pieces) await append(file, { ...work, rows }, piece, progress);
      await source.demandUnchanged();
    });
  } catch (error) {
    // Windows does not let a mapped file be replaced: another process has then made this copy.
    const isThere = isSystemError(error, "EPERM") && (await isComplete(copy));
    if (!isThere) throw cacheFailure(folder, needed, error);
  }
}

interface Conversion extends Work {
  readonly rows: ScaledRows;
}

async function append(
  file: FileHandle,
  { source, kind, rows }: Conversion,
  piece: Piece,
  progress: Progress,
): Promise<void> {
  const { sourceOffset, sourceBytes, becomes } = piece;
  if (becomes === "the same" && !rows.scales(piece)) {
    for await (const block of source.blocks(sourceOffset, sourceBytes)) {
      await file.appendFile(block);
      progress(block.length);
    }
    return;
  }
  const matrix = becomes === "int8" ? new QuantizedMatrix(piece.shape, kind.bits) : undefined;
  for await (const { first, weights, sourceBytes: read } of rows.of(piece)) {
    if (matrix === undefined) await file.appendFile(bytesOf(weights));
    else matrix.setRows(first, weights);
    progress(read);
  }
  if (matrix === undefined) return;
  await file.appendFile(matrix.values);
  await file.appendFile(bytesOf(matrix.scales));
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
