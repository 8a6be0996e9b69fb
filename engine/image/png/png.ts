import { deflateSync } from "node:zlib";
import { CHANNELS, type Pixels } from "../pixels.ts";
import { encodeChunk, joinChunks } from "./png-chunks.ts";

const BIT_DEPTH = 8;
const COLOUR_TYPE_RGB = 2;
const FILTERS = 5;

/** Encodes the picture as PNG, 8-bit RGB, without texts. Equal pixels give equal bytes. */
export function encodePng({ width, height, data }: Pixels): Uint8Array {
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([BIT_DEPTH, COLOUR_TYPE_RGB], 8);
  return joinChunks([
    encodeChunk("IHDR", header),
    encodeChunk("IDAT", deflateSync(filterRows(data, width * CHANNELS))),
  ]);
}

/** PNG's five predictors of a byte from those to the left, above, and above left, by their numbers. */
function predict(filter: number, left: number, above: number, corner: number): number {
  if (filter === 0) return 0;
  if (filter === 1) return left;
  if (filter === 2) return above;
  return filter === 3 ? (left + above) >> 1 : paeth(left, above, corner);
}

function paeth(left: number, above: number, corner: number): number {
  const guess = left + above - corner;
  const toLeft = Math.abs(guess - left);
  const toAbove = Math.abs(guess - above);
  const toCorner = Math.abs(guess - corner);
  if (toLeft <= toAbove && toLeft <= toCorner) return left;
  return toAbove <= toCorner ? above : corner;
}

/**
 * Filters every row, prefixed by the filter's number: the one with the smallest sum of absolute differences, as PNG's
 * specification recommends.
 */
function filterRows(data: Uint8Array, stride: number): Uint8Array {
  const result = new Uint8Array(data.length + data.length / stride);
  const trial = new Uint8Array(1 + stride);
  // A pixel of zeros before each row stands for what is left of the picture.
  let above = new Uint8Array(CHANNELS + stride);
  let row = new Uint8Array(CHANNELS + stride);
  for (let from = 0, to = 0; from < data.length; from += stride, to += 1 + stride) {
    row.set(data.subarray(from, from + stride), CHANNELS);
    let least = Infinity;
    for (let filter = 0; filter < FILTERS; filter++) {
      trial[0] = filter;
      const cost = filterRow(row, above, trial);
      if (cost < least) result.set(trial, to);
      least = Math.min(least, cost);
    }
    [above, row] = [row, above];
  }
  return result;
}

/** Filters `row` with the filter in the first byte of `into`; returns the sum of absolute differences. */
function filterRow(row: Uint8Array, above: Uint8Array, into: Uint8Array): number {
  const filter = into[0] ?? 0;
  let cost = 0;
  for (let left = 0, at = CHANNELS; at < row.length; left++, at++) {
    const guess = predict(filter, row[left] ?? 0, above[at] ?? 0, above[left] ?? 0);
    const difference = ((row[at] ?? 0) - guess) & 255;
    into[1 + left] = difference;
    cost += difference < 128 ? difference : 256 - difference;
  }
  return cost;
}
