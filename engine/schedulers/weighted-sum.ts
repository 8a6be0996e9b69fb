/** A weight and the values that it multiplies. */
export type Term = readonly [weight: number, values: Float32Array];

/** The sum of one or more terms, element by element, rounded to float32 at every term as torch does. */
export function weightedSum(...terms: readonly Term[]): Float32Array {
  const sum = new Float32Array(terms[0]![1].length);
  for (const [weight, values] of terms) {
    for (let i = 0; i < sum.length; i++) sum[i]! += weight * values[i]!;
  }
  return sum;
}
