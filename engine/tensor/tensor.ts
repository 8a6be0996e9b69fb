/**
 * A dense tensor in row-major order. Pictures and latents are (batch, channels, height, width),
 * height before width, always. Values are float32 on this side of a session; int32 for token ids.
 */
export interface Tensor<D extends TensorData = TensorData> {
  readonly shape: readonly number[];
  readonly data: D;
}

export type TensorData = Float32Array | Int32Array;
export type FloatTensor = Tensor<Float32Array>;

/** Number of elements of a shape; 1 for a scalar. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((size, dimension) => size * dimension, 1);
}

/** A tensor over `data`, whose length must be the product of `shape`. */
export function tensor<D extends TensorData>(shape: readonly number[], data: D): Tensor<D> {
  if (data.length !== sizeOf(shape)) {
    throw new RangeError(`shape [${shape.join(", ")}] does not hold ${data.length} values`);
  }
  return { shape, data };
}
