import { float32ToFloat16 } from "../../tensor/half.ts";
import { toBase64 } from "../wire/base64.ts";
import { joinElements } from "../wire/binary-tensor.ts";
import { type ByteSource, bytes, join, text } from "../wire/encoded-message.ts";
import { type ByteTexts, nestedJson } from "./nested-json.ts";

/** The pictures of one reply, all of the same size. */
export interface DrawnPictures {
  /** In pixels. */
  readonly width: number;
  readonly height: number;
  /** Each is row-major RGB, one byte per channel; or the bytes of a file if files were requested. */
  readonly pictures: readonly Uint8Array[];
}

/** Red, green, blue. */
const CHANNELS = 3;

/** (height, width, 3) for one picture, (n, height, width, 3) for several. */
export function pixelShape({ width, height, pictures }: DrawnPictures): readonly number[] {
  const shape = [height, width, CHANNELS];
  return pictures.length === 1 ? shape : [pictures.length, ...shape];
}

/** Pixels as JSON, nested as their shape or as one flat list. */
export function pixelJson(drawn: DrawnPictures, texts: ByteTexts, isFlat: boolean): ByteSource {
  const { width, height, pictures } = drawn;
  if (isFlat) {
    const lists = pictures.map((values) => nestedJson(values, [], texts));
    return inBrackets(lists);
  }
  const grids = pictures.map((values) => nestedJson(values, [height, width, CHANNELS], texts));
  const [only] = grids;
  return only !== undefined && grids.length === 1 ? only : inBrackets(grids);
}

/** Sources as a JSON array. */
export function inBrackets(sources: readonly ByteSource[]): ByteSource {
  const items = sources.flatMap((source, i) => [text(i === 0 ? "" : ","), source]);
  return join([text("["), ...items, text("]")]);
}

/** Pixels as a binary tensor: bytes, or shares of 1. */
export function pixelBytes(
  { pictures }: DrawnPictures,
  datatype: "UINT8" | "FP16" | "FP32",
): ByteSource {
  if (datatype === "UINT8") return join(pictures.map(bytes));
  return join(pictures.map((pixels) => shares(pixels, SHARES[datatype])));
}

const FLOATS = Float32Array.from({ length: 256 }, (_, byte) => byte / 255);
const SHARES = { FP16: float32ToFloat16(FLOATS), FP32: FLOATS };

/** Number of bytes converted to shares at a time. */
const CHUNK = 65_536;

function shares(pixels: Uint8Array, table: Uint16Array | Float32Array): ByteSource {
  return {
    sizeBytes: pixels.length * table.BYTES_PER_ELEMENT,
    chunks: {
      *[Symbol.iterator]() {
        for (let at = 0; at < pixels.length; at += CHUNK) {
          yield lookUp(pixels.subarray(at, at + CHUNK), table);
        }
      },
    },
  };
}

function lookUp(pixels: Uint8Array, table: Uint16Array | Float32Array): Uint8Array {
  const values =
    table instanceof Float32Array
      ? new Float32Array(pixels.length)
      : new Uint16Array(pixels.length);
  for (let i = 0; i < pixels.length; i++) values[i] = table[pixels[i] ?? 0] ?? 0;
  return new Uint8Array(values.buffer);
}

/** Files as a JSON array of base64. */
export function filesJson({ pictures }: DrawnPictures): ByteSource {
  return text(JSON.stringify(pictures.map(toBase64)));
}

/** Files as a binary tensor of BYTES. */
export function filesBytes({ pictures }: DrawnPictures): ByteSource {
  return bytes(joinElements(pictures));
}
