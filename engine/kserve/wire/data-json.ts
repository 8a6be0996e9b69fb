import { toBase64 } from "./base64.ts";
import { type TensorValues, type WireTensor, isElements } from "./wire-tensor.ts";

/** MLServer's name of the parameter that says how a tensor's JSON strings represent bytes. */
export const CONTENT_TYPE = "content_type";
export const BASE64 = "base64";

/**
 * The `data` of a tensor as JSON, nested as its shape says. Numbers must be finite, and bytes UTF-8 text unless the
 * tensor says that its strings are base64; a binary tensor can contain everything else.
 */
export function dataJson(tensor: WireTensor): string {
  const { values, shape } = tensor;
  if (shape.length > 0) return nest(elementTexts(tensor, values), shape);
  return `[${elementTexts(tensor, values).join(",")}]`;
}

function elementTexts({ parameters, datatype }: WireTensor, values: TensorValues): string[] {
  if (!isElements(values)) return Array.from(values, datatype === "BOOL" ? truthText : numberText);
  const isBase64 = parameters.get(CONTENT_TYPE) === BASE64;
  return values.map((bytes) => JSON.stringify(isBase64 ? toBase64(bytes) : text(bytes)));
}

function truthText(value: number | bigint): string {
  return value === 0 ? "false" : "true";
}

function numberText(value: number | bigint): string {
  if (Object.is(value, -0)) return "-0";
  if (typeof value === "bigint" || Number.isFinite(value)) return String(value);
  throw new RangeError("JSON has no word for numbers that are not finite");
}

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function text(bytes: Uint8Array): string {
  try {
    return UTF8.decode(bytes);
  } catch (cause) {
    throw new RangeError("bytes that are not UTF-8 text are base64 in JSON", { cause });
  }
}

/** Wraps texts in brackets, innermost dimension first. */
function nest(texts: readonly string[], shape: readonly number[]): string {
  let level = texts;
  for (const [dimension, length] of shape.entries().toArray().toReversed()) {
    const count = shape.slice(0, dimension).reduce((size, outer) => size * outer, 1);
    const inner = level;
    level = Array.from({ length: count }, (_, i) => {
      return `[${inner.slice(i * length, (i + 1) * length).join(",")}]`;
    });
  }
  return level[0] ?? "[]";
}
