import { CHANNELS, type Pixels, pixels } from "./pixels.ts";

/** Half the width of the Lanczos window, in pixels of the coarser picture. */
const LOBES = 3;

/** Weights are fixed-point numbers with this many fractional bits, as in Pillow. */
const PRECISION = 22;
const HALF = 1 << (PRECISION - 1);

/** The pixels along an axis that a result pixel is computed from: `first` and its successors, one per weight. */
interface Taps {
  readonly first: number;
  readonly weights: Int32Array;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A part of a picture, in its pixels. */
export interface Window extends Size {
  readonly left: number;
  readonly top: number;
}

/**
 * The picture stretched to `size`, of which only `window` is computed, by a Lanczos filter that widens if the picture
 * shrinks. diffusers resizes start images with Pillow, so this equals Pillow's filter, down to the rounding between its
 * passes: horizontally first, 8 bits in between, fixed-point weights.
 */
export function resize(
  picture: Pixels,
  size: Size,
  window: Window = { ...size, left: 0, top: 0 },
): Pixels {
  const { width, height } = picture;
  const isWide = width === size.width && width === window.width;
  const isHigh = height === size.height && height === window.height;
  const wide = isWide
    ? picture
    : resizeWidth(picture, tapsOf(width, size.width, window.left, window.width));
  return isHigh ? wide : resizeHeight(wide, tapsOf(height, size.height, window.top, window.height));
}

function resizeWidth({ width, height, data }: Pixels, taps: readonly Taps[]): Pixels {
  const newWidth = taps.length;
  const result = new Uint8Array(newWidth * height * CHANNELS);
  for (let y = 0; y < height; y++) {
    const row = data.subarray(y * width * CHANNELS, (y + 1) * width * CHANNELS);
    gatherRow(row, taps, result.subarray(y * newWidth * CHANNELS));
  }
  return pixels(newWidth, height, result);
}

function gatherRow(row: Uint8Array, taps: readonly Taps[], into: Uint8Array): void {
  let to = 0;
  for (const { first, weights } of taps) {
    let red = HALF;
    let green = HALF;
    let blue = HALF;
    let at = first * CHANNELS;
    for (let i = 0; i < weights.length; i++, at += CHANNELS) {
      const weight = weights[i] ?? 0;
      red = (red + Math.imul(row[at] ?? 0, weight)) | 0;
      green = (green + Math.imul(row[at + 1] ?? 0, weight)) | 0;
      blue = (blue + Math.imul(row[at + 2] ?? 0, weight)) | 0;
    }
    into[to++] = toByte(red);
    into[to++] = toByte(green);
    into[to++] = toByte(blue);
  }
}

function resizeHeight({ width, data }: Pixels, taps: readonly Taps[]): Pixels {
  const newHeight = taps.length;
  const stride = width * CHANNELS;
  const result = new Uint8Array(stride * newHeight);
  const sums = new Int32Array(stride);
  for (const [y, { first, weights }] of taps.entries()) {
    sums.fill(HALF);
    for (const [i, weight] of weights.entries()) {
      const from = (first + i) * stride;
      for (let x = 0; x < stride; x++) {
        sums[x] = (sums[x] ?? 0) + Math.imul(data[from + x] ?? 0, weight);
      }
    }
    for (let x = 0; x < stride; x++) result[y * stride + x] = toByte(sums[x] ?? 0);
  }
  return pixels(width, newHeight, result);
}

function toByte(sum: number): number {
  return Math.min(255, Math.max(0, sum >> PRECISION));
}

/** The taps of `count` result pixels, starting at `from`, along an axis that is resized from `size` to `newSize`. */
function tapsOf(size: number, newSize: number, from: number, count: number): Taps[] {
  const scale = size / newSize;
  const stretch = Math.max(1, scale);
  return Array.from({ length: count }, (_, index) => {
    const centre = (from + index + 0.5) * scale;
    const first = Math.max(0, Math.floor(centre - LOBES * stretch + 0.5));
    const end = Math.min(size, Math.floor(centre + LOBES * stretch + 0.5));
    const raw = Array.from({ length: end - first }, (_, i) =>
      lanczos((first + i - centre + 0.5) / stretch),
    );
    return { first, weights: toFixedPoint(raw) };
  });
}

/** The weights, normalised to a sum of one, in fixed point, rounding halves away from zero. */
function toFixedPoint(raw: readonly number[]): Int32Array {
  const sum = raw.reduce((total, weight) => total + weight, 0);
  return Int32Array.from(raw, (weight) => {
    const scaled = (weight / sum) * (1 << PRECISION);
    return Math.trunc(scaled < 0 ? scaled - 0.5 : scaled + 0.5);
  });
}

function lanczos(x: number): number {
  return x >= -LOBES && x < LOBES ? sinc(x) * sinc(x / LOBES) : 0;
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(x * Math.PI) / (x * Math.PI);
}
