import { stat } from "node:fs/promises";
import { copyInThread } from "./copy-thread.ts";
import {
  isCopied,
  kindOf,
  makeCopy,
  type CopyOptions,
  type Quantization,
  type WeightCopy,
} from "./make-copy.ts";
import { isShipped } from "./shipped-weights.ts";

/** Copying a smaller file is faster than starting a thread. */
const SMALL_BYTES = 64 << 20;

/**
 * The float32 copy of a safetensors file, made the first time and reused afterwards: the CPU provider maps float32
 * weights in place, but folds casts of half-precision ones into gigabytes of memory at load (engine/README.md). It is
 * named by the source's sha256, is either complete or absent, and may be deleted. A large one is made in a thread.
 * Refuses as DISK_FULL before and during writing, and as CACHE_UNWRITABLE if the system forbids it.
 */
export async function float32Copy(source: string, options: CopyOptions): Promise<WeightCopy> {
  return copyOf(source, undefined, options);
}

/**
 * The copy of a safetensors file with its largest tensors quantized to a quarter of their size; made, named, found and
 * refused like the float32 copy.
 */
export async function quantizedCopy(
  source: string,
  quantization: Quantization,
  options: CopyOptions,
): Promise<WeightCopy> {
  return copyOf(source, quantization, options);
}

/**
 * Whether `quantizedCopy` would find its copy, or one that came with the model; what came is not verified here. False
 * if the source was never hashed, since only its hash tells.
 */
export async function hasQuantizedCopy(
  source: string,
  quantization: Quantization,
  { cacheFolder, shipped }: Pick<CopyOptions, "cacheFolder" | "shipped">,
): Promise<boolean> {
  const { name } = kindOf(quantization);
  if (shipped !== undefined && (await isShipped(shipped, name.slice(1)))) return true;
  return isCopied(source, quantization, { cacheFolder });
}

async function copyOf(
  source: string,
  quantization: Quantization | undefined,
  options: CopyOptions,
): Promise<WeightCopy> {
  options.signal?.throwIfAborted();
  const isQuick =
    options.freeBytes !== undefined ||
    (await stat(source)).size < SMALL_BYTES ||
    (await isCopied(source, quantization, options));
  const make = isQuick ? makeCopy : copyInThread;
  return make(source, quantization, options);
}
