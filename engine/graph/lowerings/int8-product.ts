import type { Emitter } from "../emitter.ts";
import type { Weight } from "../graph.ts";

/** The int8 values of a quantized weight: (inputs, out), where a kernel's inputs are (k, k, in). */
export function valuesOf({ name, shape }: Weight): Weight {
  const [out = 0, ...inputs] = shape;
  return { name: `${name}.int8`, shape: [inputs.reduce((size, one) => size * one, 1), out] };
}

/** The factor of each output: (out) of float32. */
export function scalesOf({ name, shape: [out = 0] }: Weight): Weight {
  return { name: `${name}.scale`, shape: [out] };
}

/** A value quantized to uint8, once for all its readers. */
export interface Bytes {
  readonly bytes: string;
  readonly scale: string;
  /** The zero point: the byte that stands for 0. */
  readonly zero: string;
}

export function inBytes(emit: Emitter, x: string): Bytes {
  const [bytes = "", scale = "", zero = ""] = emit.once(`${x}:bytes`, () =>
    emit.split("DynamicQuantizeLinear", [x], 3),
  );
  return { bytes, scale, zero };
}

interface Factor {
  readonly weight: Weight;
  readonly bias?: Weight | undefined;
  /** Some of the weight's int8 values, if not all. */
  readonly values?: string;
}

/** (…, inputs) of bytes times (inputs, out), as float32; the bias is added in the same pass. */
export function product(
  emit: Emitter,
  { bytes, scale, zero }: Bytes,
  { weight, bias, values = emit.stored(valuesOf(weight)) }: Factor,
): string {
  const factors = [values, scale, emit.stored(scalesOf(weight)), zero];
  const offset = bias === undefined ? [] : ["", emit.weight(bias)];
  return emit.node("MatMulIntegerToFloat", [bytes, ...factors, ...offset], {
    domain: "com.microsoft",
  });
}
