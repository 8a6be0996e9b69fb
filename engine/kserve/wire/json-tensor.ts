import { fromBase64 } from "./base64.ts";
import type { Datatype } from "./datatypes.ts";
import { type Json, isList, itemsOf, shown } from "./json.ts";
import { NumberArray } from "./json-numbers.ts";
import { MessageFault } from "./message-fault.ts";
import { type ClaimedShape, settleShape } from "./shape.ts";
import type { NumberValues, TensorValues } from "./wire-tensor.ts";

/** How the JSON of a tensor is to be read. */
export interface JsonTensor {
  readonly datatype: Datatype;
  readonly shape: ClaimedShape;
  readonly data: Json;
  /** Whether the strings of a BYTES tensor are base64; otherwise they are text, stored as UTF-8. */
  readonly isBase64: boolean;
}

/** Elements in row-major order, and the resulting shape. */
export interface TensorContent {
  readonly shape: readonly number[];
  readonly values: TensorValues;
}

/** Reads a tensor's `data`: nested, flat, or a single value. Throws MessageFault. */
export function tensorFromJson(tensor: JsonTensor, field: string): TensorContent {
  const { data } = tensor;
  const { shape, elements } =
    data instanceof NumberArray
      ? { shape: data.shape, elements: data.values }
      : flatten(data, field);
  const values = convert(elements, tensor, `${field}.data`);
  const claimed = tensor.shape ?? (shape.length === 0 ? [1] : shape);
  return { shape: settleShape(claimed, elements.length, `${field}.shape`), values };
}

type Elements = ArrayLike<Json>;

function flatten(data: Json, field: string): { shape: readonly number[]; elements: Json[] } {
  const elements: Json[] = [];
  return { shape: gather(data, elements, field), elements };
}

/** Collects all values that are not arrays; returns the shape of the arrays around them. */
function gather(data: Json, elements: Json[], field: string): readonly number[] {
  if (!isList(data)) {
    elements.push(data);
    return [];
  }
  const shapes = itemsOf(data).map((item) => gather(item, elements, field));
  const inner = shapes[0] ?? [];
  const isGrid = shapes.every((shape) => shape.join() === inner.join());
  if (isGrid) return [shapes.length, ...inner];
  throw new MessageFault(`${field}.data`, "ragged", "arrays of one level have one length");
}

/** The typed array of each integer datatype, and its range. */
const WHOLE = {
  BOOL: [Uint8Array, 0, 1],
  UINT8: [Uint8Array, 0, 0xff],
  UINT16: [Uint16Array, 0, 0xffff],
  UINT32: [Uint32Array, 0, 0xffff_ffff],
  INT8: [Int8Array, -0x80, 0x7f],
  INT16: [Int16Array, -0x8000, 0x7fff],
  INT32: [Int32Array, -0x8000_0000, 0x7fff_ffff],
} as const;

function convert(elements: Elements, tensor: JsonTensor, field: string): TensorValues {
  const { datatype } = tensor;
  if (datatype === "BYTES") return toBytes(elements, tensor.isBase64, field);
  if (datatype === "INT64") return BigInt64Array.from(toBigInts(elements, SIGNED, field));
  if (datatype === "UINT64") return BigUint64Array.from(toBigInts(elements, UNSIGNED, field));
  if (datatype === "FP64") return toFloats(elements, field);
  if (isHeldAsFloat32(datatype)) return Float32Array.from(toFloats(elements, field));
  return toWhole(elements, datatype, field);
}

function isHeldAsFloat32(datatype: Datatype): datatype is "FP16" | "BF16" | "FP32" {
  return datatype === "FP16" || datatype === "BF16" || datatype === "FP32";
}

function toWhole(elements: Elements, datatype: keyof typeof WHOLE, field: string): NumberValues {
  const [array, least, greatest] = WHOLE[datatype];
  const values = new array(elements.length);
  for (let i = 0; i < elements.length; i++) {
    const element = elements[i];
    const value = datatype === "BOOL" && typeof element === "boolean" ? Number(element) : element;
    const isWhole = typeof value === "number" && Number.isInteger(value);
    if (!isWhole || value < least || value > greatest)
      throw wrong(element, `of type ${datatype}`, field);
    values[i] = value;
  }
  return values;
}

/** The range of a signed 64-bit integer. */
const SIGNED = [-(2n ** 63n), 2n ** 63n - 1n] as const;
const UNSIGNED = [0n, 2n ** 64n - 1n] as const;

/** 64-bit integers; also decimal strings, for clients whose numbers have only 53 bits. */
function* toBigInts(
  elements: Elements,
  [least, greatest]: readonly [bigint, bigint],
  field: string,
): Generator<bigint> {
  for (let i = 0; i < elements.length; i++) {
    const value = toBigInt(elements[i]);
    if (value === undefined || value < least || value > greatest) {
      throw wrong(elements[i], "a whole number of 64 bits", field);
    }
    yield value;
  }
}

function toBigInt(element: Json | undefined): bigint | undefined {
  if (typeof element === "bigint") return element;
  const isWhole = typeof element === "number" && Number.isSafeInteger(element);
  const isDigits = typeof element === "string" && /^-?\d{1,20}$/.test(element);
  return isWhole || isDigits ? BigInt(element) : undefined;
}

function toFloats(elements: Elements, field: string): Float64Array {
  const values = new Float64Array(elements.length);
  for (let i = 0; i < elements.length; i++) {
    const element = elements[i];
    const value = typeof element === "bigint" ? Number(element) : element;
    if (typeof value !== "number" || !Number.isFinite(value))
      throw wrong(element, "a number", field);
    values[i] = value;
  }
  return values;
}

const UTF8 = new TextEncoder();

function toBytes(elements: Elements, isBase64: boolean, field: string): readonly Uint8Array[] {
  return Array.from(elements, (element) => {
    if (typeof element !== "string") throw wrong(element, "a string", field);
    // Lone surrogates would silently become U+FFFD in UTF-8.
    const isText = !isBase64 && element.isWellFormed();
    const bytes = isBase64 ? fromBase64(element) : isText ? UTF8.encode(element) : undefined;
    if (bytes !== undefined) return bytes;
    throw wrong(element, isBase64 ? "base64 text" : "text without lone surrogates", field);
  });
}

function wrong(element: Json | undefined, kind: string, field: string): MessageFault {
  return new MessageFault(field, shown(element), `that is not ${kind}`);
}
