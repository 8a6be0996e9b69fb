/**
 * Classifier-free guidance: unconditional + scale * (conditional - unconditional). `predictions`
 * holds both halves of a batch of two, the unconditional first.
 */
export function guide(predictions: Float32Array, scale: number): Float32Array {
  const size = predictions.length / 2;
  const guided = new Float32Array(size);
  for (let i = 0; i < size; i++) {
    const unconditional = predictions[i] ?? 0;
    guided[i] = unconditional + scale * ((predictions[size + i] ?? 0) - unconditional);
  }
  return guided;
}
