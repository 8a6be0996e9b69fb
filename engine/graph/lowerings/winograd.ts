import type { Tiling } from "./bands.ts";
import type { Emitter } from "../emitter.ts";
import type { Weight } from "../graph.ts";

/**
 * Winograd's method for 3x3 convolutions: a tile of 4x4 results takes 36 products instead of 144 (Lavin and Gray 2015).
 * It is given by three matrices, each applied to rows and columns alike.
 */
export interface Way extends Tiling {
  /** (6, read) */
  readonly pixels: Matrix;
  /** (6, 3) */
  readonly kernel: Matrix;
  /** (tile, 6) */
  readonly results: Matrix;
}

type Matrix = readonly (readonly number[])[];

/** Products along one side. */
const SIDE = 6;

/** F(4x4, 3x3) with Lavin and Gray's matrices. */
export const PLAIN: Way = {
  tile: 4,
  step: 4,
  read: 6,
  pixels: [
    [4, 0, -5, 0, 1, 0],
    [0, -4, -4, 1, 1, 0],
    [0, 4, -4, -1, 1, 0],
    [0, -2, -1, 2, 1, 0],
    [0, 2, -1, -2, 1, 0],
    [0, 4, 0, -5, 0, 1],
  ],
  kernel: [
    [1 / 4, 0, 0],
    [-1 / 6, -1 / 6, -1 / 6],
    [-1 / 6, 1 / 6, -1 / 6],
    [1 / 24, 1 / 12, 1 / 6],
    [1 / 24, -1 / 12, 1 / 6],
    [0, 0, 1],
  ],
  results: [
    [1, 1, 1, 1, 1, 0],
    [0, 1, -1, 2, -2, 0],
    [0, 1, 1, 4, 4, 0],
    [0, 1, -1, 8, -8, 1],
  ],
};

/**
 * The same for a picture upsampled to twice its size. Results 0 and 2 convolve pixels 0, 1 and 2 with (a, b + c);
 * results 1 and 3 convolve pixels 1, 2 and 3 with (a + b, c). Each pair is F(2, 2).
 */
export const UPSAMPLED: Way = {
  tile: 4,
  step: 2,
  read: 4,
  pixels: [
    [1, -1, 0, 0],
    [0, 1, 0, 0],
    [0, 1, -1, 0],
    [0, 1, -1, 0],
    [0, 0, 1, 0],
    [0, 0, 1, -1],
  ],
  kernel: [
    [1, 0, 0],
    [1, 1, 1],
    [0, 1, 1],
    [1, 1, 0],
    [1, 1, 1],
    [0, 0, 1],
  ],
  results: [
    [1, 1, 0, 0, 0, 0],
    [0, 0, 0, 1, 1, 0],
    [0, 1, -1, 0, 0, 0],
    [0, 0, 0, 0, 1, -1],
  ],
};

/** The matrix for rows and columns at once: (m * m, n * n) from (m, n). */
function inBoth(emit: Emitter, matrix: Matrix): string {
  const both = matrix.flatMap((a) => matrix.map((b) => a.flatMap((x) => b.map((y) => x * y))));
  return emit.floats(both.flat(), [both.length, both[0]?.length ?? 0]);
}

/** With fewer channels, transforming pixels back and forth costs more than it saves. */
const FEWEST_CHANNELS = 64;

export function isWorthWinograd({ shape: [out = 0, channels = 0, size] }: Weight): boolean {
  return size === 3 && Math.min(out, channels) >= FEWEST_CHANNELS;
}

interface Tiles {
  readonly way: Way;
  /** (read, read, tiles, channels) */
  readonly pixels: string;
  readonly tiles: number;
  readonly kernel: Weight;
  /** The result of `turnedKernel`. */
  readonly turned: string;
}

/** Gives (tile * tile * tiles, out). */
export function winograd(emit: Emitter, { way, pixels, tiles, kernel, turned }: Tiles): string {
  const [out = 0, channels = 0] = kernel.shape;
  const read = emit.node("MatMul", [
    inBoth(emit, way.pixels),
    emit.reshape(pixels, [way.read ** 2, tiles * channels]),
  ]);
  const products = emit.node("MatMul", [emit.reshape(read, [SIDE ** 2, tiles, channels]), turned]);
  const results = emit.node("MatMul", [
    inBoth(emit, way.results),
    emit.reshape(products, [SIDE ** 2, tiles * out]),
  ]);
  return emit.reshape(results, [way.tile ** 2 * tiles, out]);
}

/**
 * (36, c, out): the transformed kernel. It is four times as large as the kernel, so it is computed again in every run
 * and exists only while its layer is computed. `after` is what that layer reads.
 */
export function turnedKernel(
  emit: Emitter,
  way: Way,
  { kernel, after }: { readonly kernel: Weight; readonly after: string },
): string {
  const [out = 0, channels = 0] = kernel.shape;
  // Outputs stay contiguous, so that whole rows of them are moved.
  const flat = emit.transpose(emit.weight(kernel, { shape: [out, channels * 9] }), [1, 0]);
  // A shape that depends on `after`: otherwise all kernels would be transformed at the beginning.
  const nothing = emit.node("Mul", [emit.node("Size", [after]), emit.integers([0])]);
  const shape = emit.node("Add", [emit.integers([channels, 9, out]), nothing]);
  const factors = inBoth(emit, way.kernel);
  const all = emit.node("MatMul", [factors, emit.node("Reshape", [flat, shape])]);
  return emit.transpose(all, [1, 0, 2]);
}
