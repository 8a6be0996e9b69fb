import { createHash } from "node:crypto";
import { stat, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
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
import { knownHash, rememberHash } from "./hash-index.ts";
import { copiesIn } from "./kept-copies.ts";
import { findShipped, isRead, type ShippedWeights } from "./shipped-weights.ts";
import { ScaledRows, type MoveInFile } from "./scaled-rows.ts";
import { WeightSource } from "./weight-source.ts";

/** Bytes of the source that were hashed or converted, and the total. */
export interface CopyProgress {
  readonly doneBytes: number;
  readonly totalBytes: number;
  /** The copy that is being written; absent while the source is hashed. */
  readonly copy?: { readonly folder: string; readonly sizeBytes: number };
}

export interface CopyOptions {
  /** The cache folder; copies are in `weights` inside it. */
  readonly cacheFolder: string;
  readonly onProgress?: ((progress: CopyProgress) => void) | undefined;
  /** Stops between two blocks of a megabyte, leaving nothing unfinished behind. */
  readonly signal?: AbortSignal | undefined;
  /** Int8 weights that came with the model. */
  readonly shipped?: ShippedWeights | undefined;
  /** Replaces the disk in tests; then no thread is started. */
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

/** What becomes of a file; without a quantization, its half floats become float32. */
export function kindOf(quantization: Quantization | undefined): Kind {
  if (quantization === undefined) return { name: "", layoutOf: float32Layout, bits: 8, moves: [] };
  const { offsets, bits, moves = [] } = quantization;
  const what = JSON.stringify([[...offsets].toSorted((a, b) => a - b), moves]);
  const which = createHash("sha256").update(what).digest("hex").slice(0, 8);
  const layoutOf = (header: SafetensorsHeader) => quantizedLayout(header, offsets);
  return { name: `.int${bits}-${which}`, layoutOf, bits, moves };
}

/** What distinguishes the kinds of copies. */
export interface Kind {
  /** Follows the hash in its name. */
  readonly name: string;
  readonly layoutOf: (header: SafetensorsHeader) => WeightLayout;
  /** Bits of the quantized values. */
  readonly bits: number;
  readonly moves: readonly MoveInFile[];
}

/** Finds or makes the copy of a file in this thread. */
export async function makeCopy(
  source: string,
  quantization: Quantization | undefined,
  options: CopyOptions,
): Promise<WeightCopy> {
  options.signal?.throwIfAborted();
  const folder = copiesIn(options.cacheFolder);
  await using file = await WeightSource.open(source);
  return await copyOf({ source: file, folder, kind: kindOf(quantization), options });
}

/** Whether the copy of a file is there or came with the model, as far as that is known without reading much. */
export async function isCopied(
  source: string,
  quantization: Quantization | undefined,
  { cacheFolder, shipped }: Pick<CopyOptions, "cacheFolder" | "shipped">,
): Promise<boolean> {
  const [folder, kind] = [copiesIn(cacheFolder), kindOf(quantization)];
  await using file = await WeightSource.open(source);
  const sha256 = await knownHash(folder, file.identity);
  if (sha256 === undefined) return false;
  const layout = kind.layoutOf(await file.header());
  if (await isComplete({ path: placeOf({ folder, kind }, sha256), layout })) return true;
  const wanted = { source: sha256, kind: kind.name.slice(1) };
  return shipped !== undefined && (await isRead(shipped, wanted, folder));
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
  const copy = { path: placeOf(work, sha256), layout };
  const found = (await isComplete(copy)) ? copy : await shippedCopy(work, sha256, layout);
  if (found === undefined) await convert(work, copy, progress);
  // If this is not recorded, the copy is found by hashing again.
  if (known === undefined) await rememberHash(folder, identity, sha256).catch(() => undefined);
  return found ?? copy;
}

/** Where the copy of a source with this hash is. */
function placeOf({ folder, kind }: Pick<Work, "folder" | "kind">, sha256: string): string {
  return join(folder, `${sha256}${kind.name}.safetensors`);
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
type Progress = (bytes: number, copy?: CopyProgress["copy"]) => void;

function progressOf(options: CopyOptions, totalBytes: number): Progress {
  let doneBytes = 0;
  return (bytes, copy) => {
    options.signal?.throwIfAborted();
    doneBytes += bytes;
    options.onProgress?.({ doneBytes, totalBytes, ...(copy !== undefined && { copy }) });
  };
}

async function convert(work: Work, copy: WeightCopy, progress: Progress): Promise<void> {
  const { source, folder, options } = work;
  const needed = copy.layout.sizeBytes;
  await makeCache(folder);
  await sweepAbandoned(folder);
  await demandSpace(folder, needed, options.freeBytes);
  const written = (bytes: number): void => progress(bytes, { folder, sizeBytes: needed });
  try {
    await writeAtomically(copy.path, async (file) => {
      await file.appendFile(copy.layout.head);
      const { pieces } = copy.layout;
      const { moves } = work.kind;
      const rows = await ScaledRows.open(source, { pieces, moves }, options.signal);
      for (const piece of pieces) await append(file, { ...work, rows }, piece, written);
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
