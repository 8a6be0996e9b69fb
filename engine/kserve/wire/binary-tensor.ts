import {
  bfloat16ToFloat32,
  float16ToFloat32,
  float32ToBfloat16,
  float32ToFloat16,
} from "../../tensor/half.ts";
import { type Datatype, ELEMENT_BYTES } from "./datatypes.ts";
import { MessageFault } from "./message-fault.ts";
import { type TensorValues, type WireTensor, isElements } from "./wire-tensor.ts";

/** Every element of BYTES becomes an object, however short it is. */
const MAX_BYTES_ELEMENTS = 10_000;

/** Bytes before each element of BYTES: its length. */
const PREFIX = ELEMENT_BYTES.BYTES;

/**
 * The elements of a binary tensor: little-endian, like every machine that Node runs on; each element of BYTES follows
 * its length in 4 bytes. The bytes are copied. Throws MessageFault.
 */
export function valuesFromBytes(
  bytes: Uint8Array,
  datatype: Datatype,
  field: string,
): TensorValues {
  if (datatype === "BYTES") return splitElements(bytes, field);
  if (bytes.length % ELEMENT_BYTES[datatype] !== 0) {
    const reason = `an element has ${ELEMENT_BYTES[datatype]}`;
    throw new MessageFault(field, `${bytes.length} bytes of ${datatype}`, reason);
  }
  // A typed array must start at a multiple of its element size, and these bytes need not.
  return numbersOf(copyOf(bytes).buffer, datatype, field);
}

/** A copy with its own memory; a Buffer's slice would share that of the whole body. */
export function copyOf(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes);
}

function numbersOf(
  buffer: ArrayBuffer,
  datatype: Exclude<Datatype, "BYTES">,
  field: string,
): TensorValues {
  if (datatype === "BOOL") return truths(new Uint8Array(buffer), field);
  if (datatype === "FP16") return float16ToFloat32(new Uint16Array(buffer));
  if (datatype === "BF16") return bfloat16ToFloat32(new Uint16Array(buffer));
  return new ARRAYS[datatype](buffer);
}

const ARRAYS = {
  UINT8: Uint8Array,
  UINT16: Uint16Array,
  UINT32: Uint32Array,
  UINT64: BigUint64Array,
  INT8: Int8Array,
  INT16: Int16Array,
  INT32: Int32Array,
  INT64: BigInt64Array,
  FP32: Float32Array,
  FP64: Float64Array,
} as const;

function truths(bytes: Uint8Array, field: string): Uint8Array {
  const wrong = bytes.find((byte) => byte > 1);
  if (wrong === undefined) return bytes;
  throw new MessageFault(field, `${wrong}`, "a BOOL is a byte of 0 or 1");
}

function splitElements(bytes: Uint8Array, field: string): readonly Uint8Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const elements: Uint8Array[] = [];
  let at = 0;
  while (at < bytes.length) {
    const size = at + PREFIX <= bytes.length ? view.getUint32(at, true) : Infinity;
    const end = at + PREFIX + size;
    if (end > bytes.length || elements.length >= MAX_BYTES_ELEMENTS) {
      throw brokenElements(bytes.length, elements.length, field);
    }
    elements.push(copyOf(bytes.subarray(at + PREFIX, end)));
    at = end;
  }
  return elements;
}

function brokenElements(size: number, count: number, field: string): MessageFault {
  const reason =
    count >= MAX_BYTES_ELEMENTS
      ? `it holds more than ${MAX_BYTES_ELEMENTS} elements`
      : `element ${count} is longer than what is left; each begins with its length in 4 bytes`;
  return new MessageFault(field, `${size} bytes of BYTES`, reason);
}

/** The elements of a tensor as the bytes of a binary tensor. */
export function bytesFromValues({ values, datatype }: WireTensor): Uint8Array {
  if (isElements(values)) return joinElements(values);
  const isHalf = datatype === "FP16" || datatype === "BF16";
  const numbers = isHalf ? halves(Float32Array.from(values, Number), datatype) : values;
  return new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
}

function halves(values: Float32Array, datatype: "FP16" | "BF16"): Uint16Array {
  return datatype === "FP16" ? float32ToFloat16(values) : float32ToBfloat16(values);
}

/** Elements one after another, each preceded by its length. */
export function joinElements(elements: readonly Uint8Array[]): Uint8Array {
  const size = elements.reduce((sum, element) => sum + PREFIX + element.length, 0);
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const element of elements) {
    view.setUint32(at, element.length, true);
    bytes.set(element, at + PREFIX);
    at += PREFIX + element.length;
  }
  return bytes;
}
