import { createHash } from "node:crypto";
import { mkdir, realpath, rm, stat, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { StudioError } from "../contract/errors.ts";
import { float32Layout, type Float32Layout, type Piece } from "../snapshot/float32-layout.ts";
import { headerLength, readHeader, type SafetensorsHeader } from "../snapshot/safetensors.ts";
import { bfloat16ToFloat32, float16ToFloat32 } from "../tensor/half.ts";
import { writeAtomically } from "../files/atomic-file.ts";
import { openRegular } from "../files/regular-file.ts";
import { demandSpace, diskFull, type FreeBytes } from "../files/disk-full.ts";
import { isDiskFull, isSystemError, systemCode } from "../files/system-error.ts";
import { sweepAbandoned } from "./cache-folder.ts";
import { identify, knownHash, rememberHash, type FileIdentity } from "./hash-index.ts";
import { readFully } from "./reading.ts";

/** Bytes of the source that were hashed or converted, of all that must be. */
export interface CopyProgress {
  readonly doneBytes: number;
  readonly totalBytes: number;
}

export interface CopyOptions {
  /** As cacheFolder gives it; copies lie in `weights` inside it. */
  readonly cacheFolder: string;
  readonly onProgress?: ((progress: CopyProgress) => void) | undefined;
  /** Leaves between two blocks of a megabyte, with nothing half-written left behind. */
  readonly signal?: AbortSignal | undefined;
  /** Stands in for the disk in tests. */
  readonly freeBytes?: FreeBytes;
}

/** A file's copy and where its tensors lie in it. */
export interface Float32Copy {
  readonly path: string;
  readonly layout: Float32Layout;
}

const BLOCK_BYTES = 1_048_576;

/**
 * The float32 copy of a safetensors file, made the first time and found the next: the CPU provider
 * maps float32 weights as they lie, but folds casts of half ones into gigabytes of memory at load
 * (engine/README.md). It is named by the source's sha256, whole or not there, and may be deleted.
 * Refuses as DISK_FULL before and while writing, as CACHE_UNWRITABLE where the system forbids it.
 */
export async function float32Copy(source: string, options: CopyOptions): Promise<Float32Copy> {
  options.signal?.throwIfAborted();
  const folder = join(options.cacheFolder, "weights");
  await mkdir(folder, { recursive: true }).catch((cause: unknown) => {
    throw writeFailure(folder, 0, cause);
  });
  await sweepAbandoned(folder);
  const path = await realpath(source);
  const handle = await openRegular(path);
  try {
    return await copyOf({ handle, path, folder, options, identity: await identify(path) });
  } finally {
    await handle.close();
  }
}

/** Deletes the copies of files with these hashes; one that is in use or in the way is left. */
export async function forgetCopies(
  cacheFolder: string,
  files: readonly { readonly sha256?: string | undefined }[],
): Promise<void> {
  const hashes = files.flatMap(({ sha256 }) => sha256 ?? []);
  const copies = hashes.map((sha256) => join(cacheFolder, "weights", `${sha256}.safetensors`));
  await Promise.all(copies.map((copy) => rm(copy, { force: true }).catch(() => undefined)));
}

interface Source {
  readonly handle: FileHandle;
  readonly path: string;
  readonly identity: FileIdentity;
  /** Where copies and the index lie. */
  readonly folder: string;
  readonly options: CopyOptions;
}

async function copyOf(source: Source): Promise<Float32Copy> {
  const { folder, identity } = source;
  const layout = float32Layout(await headerOf(source));
  const known = await knownHash(folder, identity);
  const passes = known === undefined ? 2 : 1;
  const progress = progressOf(source, passes * identity.sizeBytes);
  const sha256 = known ?? (await hash(source, progress));
  const copy = { path: join(folder, `${sha256}.safetensors`), layout };
  if (!(await isComplete(copy))) await convert(source, copy, progress);
  // A copy without its entry is found again by hashing.
  if (known === undefined) await rememberHash(folder, identity, sha256).catch(() => undefined);
  return copy;
}

async function headerOf({ handle, path, identity }: Source): Promise<SafetensorsHeader> {
  const size = identity.sizeBytes;
  const first8 = new Uint8Array(8);
  await readFully(handle, first8, 0);
  const head = new Uint8Array(8 + headerLength(first8, size, path));
  await readFully(handle, head, 0);
  return readHeader(head, size, path);
}

/** A copy is renamed into place when it is whole; the size is for one that was cut off later. */
async function isComplete({ path, layout }: Float32Copy): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found?.size === layout.sizeBytes;
}

/** Counts bytes, reports them, and throws the signal's reason once it is aborted. */
type Progress = (bytes: number) => void;

function progressOf({ options }: Source, totalBytes: number): Progress {
  let doneBytes = 0;
  return (bytes) => {
    options.signal?.throwIfAborted();
    doneBytes += bytes;
    options.onProgress?.({ doneBytes, totalBytes });
  };
}

async function hash(source: Source, progress: Progress): Promise<string> {
  const sha256 = createHash("sha256");
  for await (const block of blocks(source, 0, source.identity.sizeBytes)) {
    sha256.update(block);
    progress(block.length);
  }
  return sha256.digest("hex");
}

async function convert(source: Source, copy: Float32Copy, progress: Progress): Promise<void> {
  const { folder, options } = source;
  const needed = copy.layout.sizeBytes;
  await demandSpace(folder, needed, options.freeBytes);
  try {
    await writeAtomically(copy.path, async (file) => {
      await file.appendFile(copy.layout.head);
      for (const piece of copy.layout.pieces) await append(file, source, piece, progress);
      await demandUnchanged(source);
    });
  } catch (error) {
    // Windows lets no file be replaced that is mapped: then another process has made this copy.
    const isThere = isSystemError(error, "EPERM") && (await isComplete(copy));
    if (!isThere) throw writeFailure(folder, needed, error);
  }
}

async function append(
  file: FileHandle,
  source: Source,
  { dtype, sourceOffset, sourceBytes }: Piece,
  progress: Progress,
): Promise<void> {
  for await (const block of blocks(source, sourceOffset, sourceBytes)) {
    await file.appendFile(widen(block, dtype));
    progress(block.length);
  }
}

/** The block's numbers as float32 where they are half; anything else as it is. */
function widen(block: Uint8Array<ArrayBuffer>, dtype: Piece["dtype"]): Uint8Array {
  if (dtype !== "F16" && dtype !== "BF16") return block;
  const bits = new Uint16Array(block.buffer, 0, block.length / 2);
  const values = dtype === "F16" ? float16ToFloat32(bits) : bfloat16ToFloat32(bits);
  return new Uint8Array(values.buffer);
}

/** Bytes of the source in order. The same memory serves for every block. */
async function* blocks(
  { handle, path }: Source,
  start: number,
  length: number,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const memory = new Uint8Array(Math.min(BLOCK_BYTES, length));
  for (let done = 0; done < length; done += memory.length) {
    const block = memory.subarray(0, Math.min(memory.length, length - done));
    if ((await readFully(handle, block, start + done)) < block.length) throw changed(path);
    yield block;
  }
}

/** A download still running must not become a copy under the finished file's name. */
async function demandUnchanged({ path, identity }: Source): Promise<void> {
  const now = await identify(path);
  if (now.stamp !== identity.stamp) throw changed(path);
}

function changed(file: string): StudioError {
  const reason = "it changed while it was being read";
  return new StudioError("SAFETENSORS_INVALID", { file, reason });
}

/** What a failed write into the cache is to be called; the error itself where it has no name. */
function writeFailure(folder: string, needed: number, cause: unknown): unknown {
  const code = systemCode(cause) ?? "";
  if (isDiskFull(cause)) return diskFull(folder, needed);
  if (!["EACCES", "EEXIST", "ENOTDIR", "EPERM", "EROFS"].includes(code)) return cause;
  return new StudioError("CACHE_UNWRITABLE", { path: folder, reason: code }, { cause });
}
