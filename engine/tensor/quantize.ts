/** The largest integer of a symmetric range of `bits` bits, sign included. */
export function largestOf(bits: number): number {
  return 2 ** (bits - 1) - 1;
}

/** Adding and subtracting it rounds a float64 to the nearest integer, twice as fast as Math.round. */
const ROUND = 1.5 * 2 ** 52;

/**
 * Weights quantized symmetrically around 0 with a scale for each output: a value times its column's scale gives the
 * weight, off by at most half a scale. Filled row by row (output by output), as a file stores them.
 */
export class QuantizedMatrix {
  /** (kernel * channels, out): products read an output's inputs along a column. */
  readonly values: Int8Array<ArrayBuffer>;
  /** (out) */
  readonly scales: Float32Array<ArrayBuffer>;
  readonly #shape: readonly number[];
  readonly #limit: number;

  /** `shape` is (out, channels) or (out, channels, k, k); a kernel's inputs become (k, k, channels). */
  constructor(shape: readonly number[], bits: number) {
    const [out = 0, channels = 0, ...kernel] = shape;
    this.#shape = [out, channels, kernel.reduce((area, side) => area * side, 1)];
    this.#limit = largestOf(bits);
    this.values = new Int8Array(this.#shape.reduce((size, one) => size * one, 1));
    this.scales = new Float32Array(out);
  }

  /** Number of weights of one output: channels * k * k. */
  get rowLength(): number {
    const [, channels = 0, area = 0] = this.#shape;
    return channels * area;
  }

  /**
   * Quantizes the weights of some outputs, starting at `first`. A row of zeros gets a scale of 1. Passing several rows
   * at once is faster, since their values are adjacent in memory.
   */
  setRows(first: number, weights: Float32Array): void {
    const [out = 0, channels = 0, area = 0] = this.#shape;
    const { values, scales, rowLength } = this;
    const rows = weights.length / rowLength;
    for (let row = 0; row < rows; row++) {
      const most = largest(weights.subarray(row * rowLength, (row + 1) * rowLength));
      scales[first + row] = most / this.#limit || 1;
    }
    const inverse = Float64Array.from(scales.subarray(first, first + rows), (scale) => 1 / scale);
    for (let channel = 0; channel < channels; channel++) {
      for (let pixel = 0; pixel < area; pixel++) {
        let target = (pixel * channels + channel) * out + first;
        let source = channel * area + pixel;
        for (let row = 0; row < rows; row++, target++, source += rowLength) {
          values[target] = weights[source]! * inverse[row]! + ROUND - ROUND;
        }
      }
    }
  }
}

function largest(values: Float32Array): number {
  let most = 0;
  for (let i = 0; i < values.length; i++) {
    const size = Math.abs(values[i]!);
    if (size > most) most = size;
  }
  return most;
}
