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

/** The tensors one after another along the first dimension; the other dimensions must agree. */
export function concatBatch(parts: readonly FloatTensor[]): FloatTensor {
  const [first] = parts;
  if (first === undefined) throw new RangeError("nothing to concatenate");
  const batch = parts.reduce((sum, part) => sum + part.shape[0]!, 0);
  const data = new Float32Array(parts.reduce((sum, part) => sum + part.data.length, 0));
  let offset = 0;
  for (const part of parts) {
    data.set(part.data, offset);
    offset += part.data.length;
  }
  return tensor([batch, ...first.shape.slice(1)], data);
}

/** One element of the batch, as a view on the same memory, still with its leading dimension of 1. */
export function batchItem(all: FloatTensor, index: number): FloatTensor {
  const shape = [1, ...all.shape.slice(1)];
  const size = sizeOf(shape);
  return tensor(shape, all.data.subarray(index * size, (index + 1) * size));
}
