/**
 * How large each channel is where it is made and where it is read tells how to scale it: by the root of
 * read over made, so that it is as large in both. One that is 0 on either side stays as it is. The factors'
 * geometric mean is 1.
 */
export function balance(made: Float32Array, read: Float32Array): Float32Array {
  const logs = Float64Array.from(made, (size, i) => Math.log(read[i]! / size) / 2);
  const known = logs.filter(Number.isFinite);
  const mean = known.reduce((sum, log) => sum + log, 0) / (known.length || 1);
  return Float32Array.from(logs, (log) => (Number.isFinite(log) ? Math.exp(log - mean) : 1));
}

/** Raises `most` to the largest magnitude in each row, where it reaches so far. */
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

/** Raises `most`, as long as a row, to the largest magnitude in each column. */
export function largestInColumns(weights: Float32Array, most: Float32Array): void {
  for (let i = 0; i < weights.length;) {
    for (let column = 0; column < most.length; column++, i++) {
      const size = Math.abs(weights[i]!);
      if (size > most[column]!) most[column] = size;
    }
  }
}
