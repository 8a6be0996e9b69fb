import { placesOfResults, placesRead, type Bands, type Tiling } from "./bands.ts";
import type { Emitter } from "../emitter.ts";
import type { Weight } from "../graph.ts";
import { isWorthWinograd, PLAIN, turnedKernel, winograd, type Way } from "./winograd.ts";

/** How the results are computed from a band's pixels, (pixels, c). */
export interface Method {
  readonly tiling: Tiling;
  /** Approximate number of floats that computing one tile needs. */
  readonly tileFloats: number;
  /** Whether the matrix has one row for each combination of a pixel and a pixel of a tile (placesRead). */
  readonly isShared?: boolean;
  /**
   * The kernel in the form that all bands multiply with. It is computed after `after`, so that it does not take memory
   * earlier.
   */
  kernel(emit: Emitter, after: string): string;
  /** (results, out) */
  results(emit: Emitter, band: Band): string;
}

interface Band {
  readonly bands: Bands;
  readonly pixels: string;
  /** Row parts of the indices: (read, 1, rows, 1). */
  readonly rows: string;
  readonly kernel: string;
}

/** With fewer outputs than this, it is cheaper to multiply first and gather the products. */
const FEW_OUTPUTS = 16;

export function methodFor(kernel: Weight, stride: number): Method {
  const [out = 0] = kernel.shape;
  if (stride === 1 && isWorthWinograd(kernel)) return inTiles(kernel, PLAIN);
  return out < FEW_OUTPUTS ? productsFirst(kernel, stride) : gatheredFirst(kernel, stride);
}

/**
 * Winograd convolution. Bands do not become smaller as channels grow: products of fewer than a few hundred rows are
 * slower.
 */
export function inTiles(kernel: Weight, way: Way): Method {
  const [out = 0, channels = 0] = kernel.shape;
  return {
    tiling: way,
    tileFloats: 4096,
    kernel: (emit, after) => turnedKernel(emit, way, { kernel, after }),
    results: (emit, { bands, pixels, rows, kernel: turned }) => {
      const { rows: down, across, wide } = bands;
      const read = gathered(emit, { bands, rows, matrix: pixels, width: channels });
      const tiles = winograd(emit, { way, pixels: read, tiles: down * across, kernel, turned });
      const places = placesOfResults(bands);
      const table = emit.node("Add", [
        emit.places(places.rows, [down * way.tile, 1]),
        emit.places(places.columns, [1, wide]),
      ]);
      return emit.reshape(emit.node("Gather", [tiles, table]), [down * way.tile * wide, out]);
    },
  };
}

/** Gathers for each result all the pixels that it reads, then multiplies by the kernel as a matrix (k * k * c, out). */
function gatheredFirst(kernel: Weight, stride: number): Method {
  const [out = 0, channels = 0, k = 1] = kernel.shape;
  return {
    tiling: { tile: 1, step: stride, read: k },
    tileFloats: k * k * channels,
    kernel: (emit) =>
      emit.reshape(emit.transpose(emit.weight(kernel), [2, 3, 1, 0]), [k * k * channels, out]),
    results: (emit, { bands, pixels, rows, kernel: matrix }) => {
      const perm = [2, 3, 0, 1];
      const columns = gathered(emit, { bands, rows, matrix: pixels, width: channels, perm });
      const size = [bands.rows * bands.across, k * k * channels];
      return emit.node("MatMul", [emit.reshape(columns, size), matrix]);
    },
  };
}

/** Multiplies every pixel by the whole kernel first, then sums for each result its share of the products. */
function productsFirst(kernel: Weight, stride: number): Method {
  const [out = 0, channels = 0, k = 1] = kernel.shape;
  return {
    tiling: { tile: 1, step: stride, read: k },
    tileFloats: Math.max(channels, k * k * out),
    isShared: true,
    kernel: (emit) =>
      emit.reshape(emit.transpose(emit.weight(kernel), [1, 2, 3, 0]), [channels, k * k * out]),
    results: (emit, { bands, pixels, rows, kernel: matrix }) => {
      const { reach, width, across } = bands;
      const products = emit.node("MatMul", [pixels, matrix]);
      const shares = emit.reshape(products, [reach * width * k * k, out]);
      const read = gathered(emit, { bands, rows, matrix: shares, width: out, isShared: true });
      const each = emit.reshape(read, [k * k, bands.rows * across, out]);
      return emit.node("ReduceSum", [each, emit.integers([0])], { attributes: { keepdims: 0 } });
    },
  };
}

interface Gathering {
  readonly bands: Bands;
  readonly rows: string;
  readonly matrix: string;
  readonly width: number;
  readonly isShared?: boolean;
  /** A permutation of (read, read, rows, across). */
  readonly perm?: readonly number[];
}

/**
 * The rows of a matrix that tiles read: (read, read, rows, across, width), or permuted by `perm`; zeros outside the
 * picture.
 */
function gathered(
  emit: Emitter,
  { bands, rows, matrix, width, isShared, perm }: Gathering,
): string {
  const { columns, beyond } = placesRead(bands, isShared);
  const across = emit.places(columns, [1, bands.read, 1, bands.across]);
  const sums = emit.node("Add", [rows, across]);
  const table = emit.node("Min", [sums, emit.places([beyond], [])]);
  const zeros = emit.floats(
    Array.from({ length: width }, () => 0),
    [1, width],
  );
  const all = emit.node("Concat", [matrix, zeros], { attributes: { axis: 0 } });
  return emit.node("Gather", [all, perm === undefined ? table : emit.transpose(table, perm)]);
}
