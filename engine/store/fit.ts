import { totalmem } from "node:os";
import { INT8_BYTES } from "../contract/archives.ts";
import type { DeviceReport } from "../contract/devices.ts";
import type { PictureMemory } from "../contract/generation.ts";
import type { ModelSummary, StoredModel } from "../contract/models.ts";
import { MAX_SIDE } from "../contract/request.ts";
import { formatBytes } from "../files/disk-full.ts";

/** The device that a model must fit, and its memory. */
export interface DrawingPlace {
  readonly provider: DeviceReport["provider"];
  /** The machine's memory for the CPU, the card's for a GPU; absent if it is unknown. */
  readonly memoryBytes?: number | undefined;
  /** Whether the CPU adds int8 products in 16 bits, which can saturate. */
  readonly saturates?: boolean;
}

export type Fit = StoredModel["fit"];

/** The settings of a picture that decide how much memory it needs. Sizes are in pixels. */
export interface PictureToFit {
  readonly width: number;
  readonly height: number;
  readonly precision?: "float32" | "int8" | undefined;
  /** Whether the linear layers of an int8 UNet stay in float32, as on a processor that saturates. */
  readonly keepsLinears?: boolean | undefined;
  /** Whether the two predictions of a guided step are two runs of the UNet, which halves the activations. */
  readonly isApart?: boolean;
  /** See contract/presets.ts: above 1, the UNet's last layer is a second graph with weights of its own. */
  readonly cacheInterval?: number | undefined;
}

type Sizes = Pick<ModelSummary, "parameters" | "unetParameters" | "vaeParameters">;

/** A model's parameters, the size of its pictures in pixels, and whether few steps are enough. */
export type SizedModel = Sizes & Pick<ModelSummary, "width" | "height" | "isDistilled">;

/**
 * Stable Diffusion 2 at 512x512, from which other sizes and models are estimated. From the peaks of the inference
 * process on a CPU from 256x256 to 1024x1024, less weights and the process itself (engine/README.md, Measured).
 */
const MEASURED = {
  pixels: 512 * 512,
  unetParameters: 866e6,
  vaeParameters: 84e6,
  /** Activations of the UNet for a batch of two. */
  float32Bytes: 0.82e9,
  int8Bytes: 0.7e9,
  /** The UNet's last layer as a second graph, open at the same time as the whole UNet. */
  lastLayerBytes: 0.11e9,
  /** Decoding after the UNet, including the part of the UNet's memory that malloc keeps. */
  decodeBytes: 0.87e9,
  /** The same from this many pixels on, without ONNX Runtime's memory arena (runtime/model-on-device.ts). */
  largePixels: 860 * 860,
  largeDecodeBytes: 0.66e9,
  /** The inference process itself: a picture of the starter peaks at 229 MB in all. */
  processBytes: 0.16e9,
};

/** Bytes per UNet parameter in int8 if the linear layers stay in float32: 0.74 GB more in total, computed. */
const LINEARS_KEPT_BYTES = INT8_BYTES + 0.74e9 / MEASURED.unetParameters;

/** The share of a text encoder's weights that a prompt reads: very few rows of the token embeddings. */
const READ_SHARE = 0.85;

/** Models below this many bytes in float32 have all three networks open at once. */
const SMALL_BYTES = 1e9;
/** Above this many parameters a picture takes minutes on a CPU, if the model needs the usual number of steps. */
const SLOW_PARAMETERS = 3e8;
/** The share of the memory that the system and the studio leave to a model. */
const USABLE_SHARE = 0.75;

/** How well a model suits its device, at the model's own size. */
export function fitOf(summary: SizedModel, place: DrawingPlace): Fit {
  const memoryBytes = neededBytes(summary, summary, place.provider);
  const total = place.memoryBytes;
  const needs = `A picture needs about ${formatBytes(memoryBytes)} of memory`;
  if (total === undefined) return { verdict: "good", reason: `${needs}.`, memoryBytes };
  if (memoryBytes > USABLE_SHARE * total) return shortOf(summary, place, { memoryBytes, total });
  const reason = `${needs}; there are ${formatBytes(total)}.`;
  const isSlow = place.provider === "cpu" && summary.parameters > SLOW_PARAMETERS;
  if (!isSlow || summary.isDistilled) return { verdict: "good", reason, memoryBytes };
  const slow = `${reason} It is slow without a graphics card.`;
  return { verdict: "slow", reason: slow, memoryBytes };
}

/** The verdict if memory is short in full precision; on a CPU, int8 may fit. */
function shortOf(
  summary: SizedModel,
  { provider }: DrawingPlace,
  { memoryBytes, total }: { readonly memoryBytes: number; readonly total: number },
): Fit {
  const needs = `A picture needs about ${formatBytes(memoryBytes)} of memory`;
  const int8Bytes = neededBytes(summary, { ...summary, precision: "int8" }, provider);
  if (provider === "cpu" && int8Bytes <= USABLE_SHARE * total) {
    const reason = `${needs} in full precision and ${formatBytes(int8Bytes)} in int8; there are ${formatBytes(total)}: choose Balanced or Fast.`;
    return { verdict: "tight", reason, memoryBytes };
  }
  if (memoryBytes > total) {
    const reason = `${needs}; there are ${formatBytes(total)}.`;
    return { verdict: "too-large", reason, memoryBytes };
  }
  const reason = `${needs} out of ${formatBytes(total)}: close other programs first.`;
  return { verdict: "tight", reason, memoryBytes };
}

/** The memory that a picture needs and, if that is not available, the largest square that fits. */
export function pictureMemory(
  sizes: Sizes,
  wanted: PictureToFit,
  place: DrawingPlace,
): PictureMemory {
  const { provider, memoryBytes } = place;
  const picture = { ...wanted, keepsLinears: keepsLinears(sizes, wanted, place) };
  const isApart = isShort(sizes, picture, { provider, memoryBytes });
  const needed = neededBytes(sizes, { ...picture, isApart }, provider);
  if (memoryBytes === undefined || needed <= memoryBytes) return { neededBytes: needed };
  const fits = (side: number): boolean =>
    neededBytes(sizes, { ...picture, isApart, width: side, height: side }, provider) <= memoryBytes;
  const sides = Array.from({ length: MAX_SIDE / 64 }, (_, i) => MAX_SIDE - 64 * i);
  const largestSide = sides.find(fits);
  return {
    neededBytes: needed,
    totalBytes: memoryBytes,
    ...(largestSide !== undefined && { largestSide }),
  };
}

/** Whether the linear layers of an int8 UNet stay in float32: if products saturate and memory is not short. */
export function keepsLinears(sizes: Sizes, picture: PictureToFit, place: DrawingPlace): boolean {
  if (place.saturates !== true) return false;
  return !isShort(sizes, { ...picture, precision: "int8", keepsLinears: true }, place);
}

/** Whether memory is so short that the UNet should run once with the prompt and once without, on a CPU. */
export function isShort(
  sizes: Sizes,
  picture: PictureToFit,
  { provider, memoryBytes = Infinity }: DrawingPlace,
): boolean {
  if (provider !== "cpu") return false;
  return neededBytes(sizes, picture, provider) > USABLE_SHARE * memoryBytes;
}

/**
 * Peak memory for a picture, in bytes. On a CPU a large model has one network open at a time, a small one all three. A
 * GPU has all three open, the VAE in float32 and the others in half precision.
 */
export function neededBytes(
  { parameters, unetParameters, vaeParameters }: Sizes,
  picture: PictureToFit,
  provider: DrawingPlace["provider"],
): number {
  const { width, height, precision, isApart = false } = picture;
  const isCpu = provider === "cpu";
  const isInt8 = isCpu && precision === "int8";
  const size = (width * height) / MEASURED.pixels;
  // Activations grow with the channels, parameters with their square.
  const unetWork =
    (isInt8 ? MEASURED.int8Bytes : MEASURED.float32Bytes) *
    (isApart ? 0.5 : 1) *
    size *
    Math.sqrt(unetParameters / MEASURED.unetParameters);
  const isLarge = isCpu && width * height >= MEASURED.largePixels;
  const decodeWork =
    decodingBytes(isLarge) * size * Math.sqrt(vaeParameters / MEASURED.vaeParameters);
  const bytes = isCpu ? 4 : 2;
  const text = READ_SHARE * bytes * (parameters - unetParameters - vaeParameters);
  const weight = isInt8 ? int8BytesOf(picture) : bytes;
  const unet = (weight + lastLayerOf(picture)) * unetParameters;
  const vae = 4 * vaeParameters;
  const isAlone = isCpu && bytes * parameters > SMALL_BYTES;
  const peak = isAlone
    ? Math.max(text, unet + unetWork, vae + decodeWork)
    : text + unet + vae + Math.max(unetWork, decodeWork);
  return Math.round(peak + MEASURED.processBytes);
}

/** A pod's other processes: at 768x768 with Fast all take 2.58 GB (measured), and `neededBytes` predicts 2.45 GB. */
const HOST_BYTES = 0.13e9;
/** A pod with 2 GiB is killed at 512x512 with Fast, for which 1.88 GB are predicted. */
const POD_MARGIN = 1.15;
const GIB = 2 ** 30;

/** What a pod without a GPU needs for a picture with Balanced or Fast: peak bytes, and a limit in whole GiB. */
export function podMemory(
  sizes: Sizes,
  { width, height }: Pick<PictureToFit, "width" | "height">,
): { readonly neededBytes: number; readonly limitGib: number } {
  const picture = { width, height, precision: "int8", cacheInterval: 2 } as const;
  const bytesOf = (isApart: boolean): number =>
    neededBytes(sizes, { ...picture, isApart }, "cpu") + HOST_BYTES;
  // If memory is not short for both predictions at once, they fit within this limit as well.
  const limitGib = Math.ceil((bytesOf(true) * POD_MARGIN) / GIB);
  const place = { provider: "cpu", memoryBytes: limitGib * GIB } as const;
  return { neededBytes: bytesOf(isShort(sizes, picture, place)), limitGib };
}

/** Bytes of a UNet's parameter in int8. */
function int8BytesOf(picture: PictureToFit): number {
  return picture.keepsLinears === true ? LINEARS_KEPT_BYTES : INT8_BYTES;
}

/** Bytes of the second graph, for each of the UNet's parameters. */
function lastLayerOf({ cacheInterval = 1 }: PictureToFit): number {
  return cacheInterval > 1 ? MEASURED.lastLayerBytes / MEASURED.unetParameters : 0;
}

function decodingBytes(isLarge: boolean): number {
  return isLarge ? MEASURED.largeDecodeBytes : MEASURED.decodeBytes;
}

/** Memory that this process may use, in bytes: all of the machine's, or less if it has a limit. */
export function usableMemory(
  limit: number = process.constrainedMemory(),
  installed: number = totalmem(),
): number {
  return limit > 0 ? Math.min(limit, installed) : installed;
}
