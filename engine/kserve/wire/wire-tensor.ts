import type { Datatype } from "./datatypes.ts";

/** The type of a parameter of a message, tensor or output. */
export type ParameterValue = string | number | bigint | boolean;
export type Parameters = ReadonlyMap<string, ParameterValue>;

export type NumberValues =
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | Int8Array
  | Int16Array
  | Int32Array
  | Float32Array
  | Float64Array;

/**
 * Elements in row-major order: one typed array of the datatype, with three exceptions. BOOL is 0 and 1 in bytes; FP16
 * and BF16 are converted to float32; BYTES is one Uint8Array per element.
 */
export type TensorValues = NumberValues | BigInt64Array | BigUint64Array | readonly Uint8Array[];

/** A tensor of a message, with the protocol's names. */
export interface WireTensor {
  readonly name: string;
  readonly datatype: Datatype;
  /** Without -1: the product is the number of elements. */
  readonly shape: readonly number[];
  readonly parameters: Parameters;
  readonly values: TensorValues;
}

/** Whether values are those of a BYTES tensor. */
export function isElements(values: TensorValues): values is readonly Uint8Array[] {
  return Array.isArray(values);
}
