/**
 * Factors that balance channels between the weights that produce them and those that read them: the square root of read
 * over made, which makes both equally large. A channel that is 0 on either side keeps 1. The factors' geometric mean is
 * 1.
 */
export function balance(made: Float32Array, read: Float32Array): Float32Array {
  const logs = Float64Array.from(made, (size, i) => Math.log(read[i]! / size) / 2);
  const known = logs.filter(Number.isFinite);
  const mean = known.reduce((sum, log) => sum + log, 0) / (known.length || 1);
  return Float32Array.from(logs, (log) => (Number.isFinite(log) ? Math.exp(log - mean) : 1));
}

/** Raises each entry of `most` to the largest magnitude in its row, for as many rows as `most` has. */
export function largestInRows(
  { first, rowLength, weights }: { first: number; rowLength: number; weights: Float32Array },
  most: Float32Array,
): void {
  const end = Math.min(weights.length, (most.length - first) * rowLength);
  for (let i = 0, row = first; i < end; row++) {
    let largest = most[row]!;
    for (const last = i + rowLength; i < last; i++) {
      const size = Math.abs(weights[i]!);
      if (size > largest) largest = size;
    }
    most[row] = largest;
  }
}

/** Raises each entry of `most` to the largest magnitude in its column; `most` is as long as a row. */
export function largestInColumns(weights: Float32Array, most: Float32Array): void {
  for (let i = 0; i < weights.length;) {
    for (let column = 0; column < most.length; column++, i++) {
      const size = Math.abs(weights[i]!);
      if (size > most[column]!) most[column] = size;
    }
  }
}
