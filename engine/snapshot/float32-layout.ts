import type { Dtype, SafetensorsHeader } from "./safetensors.ts";

/** How a safetensors file with half-precision tensors looks when they are widened to float32. */
export interface Float32Layout {
  /** What the copy begins with: length and header, padded so that the tensors begin aligned. */
  readonly head: Uint8Array;
  /** The tensors in the order of their bytes, which is the same in both files. */
  readonly pieces: readonly Piece[];
  /** Of the whole copy. */
  readonly sizeBytes: number;
}

/** One tensor's bytes in both files. */
export interface Piece {
  readonly dtype: Dtype;
  readonly sourceOffset: number;
  readonly sourceBytes: number;
  readonly targetOffset: number;
  readonly targetBytes: number;
}

/** A cache line; the copy is mapped into memory, and its tensors are read where they lie. */
const ALIGNMENT = 64;

/** Whether a dtype is one that float32 holds exactly in twice the bytes. */
export function isHalf(dtype: Dtype): boolean {
  return dtype === "F16" || dtype === "BF16";
}

/** The copy's layout: names, order, metadata and every tensor that is not half stay as they are. */
export function float32Layout(source: SafetensorsHeader): Float32Layout {
  const head = encodeHeader(source);
  const pieces: Piece[] = [];
  let end = head.length;
  for (const { dtype, offset, lengthBytes } of source.tensors.values()) {
    const targetBytes = widened(dtype, lengthBytes);
    const place = {
      sourceOffset: offset,
      sourceBytes: lengthBytes,
      targetOffset: end,
      targetBytes,
    };
    pieces.push({ dtype, ...place });
    end += targetBytes;
  }
  return { head, pieces, sizeBytes: end };
}

function widened(dtype: Dtype, lengthBytes: number): number {
  return isHalf(dtype) ? 2 * lengthBytes : lengthBytes;
}

function encodeHeader({ metadata, tensors }: SafetensorsHeader): Uint8Array {
  const entries: [string, unknown][] = [["__metadata__", Object.fromEntries(metadata)]];
  let end = 0;
  for (const [name, { dtype, shape, lengthBytes }] of tensors) {
    const begin = end;
    end += widened(dtype, lengthBytes);
    const entry = { dtype: isHalf(dtype) ? "F32" : dtype, shape, data_offsets: [begin, end] };
    entries.push([name, entry]);
  }
  return withLength(new TextEncoder().encode(JSON.stringify(Object.fromEntries(entries))));
}

/** The bytes a file with this header begins with; spaces after JSON are allowed by the format. */
function withLength(json: Uint8Array): Uint8Array {
  const head = new Uint8Array(Math.ceil((8 + json.length) / ALIGNMENT) * ALIGNMENT).fill(0x20);
  new DataView(head.buffer).setBigUint64(0, BigInt(head.length - 8), true);
  head.set(json, 8);
  return head;
}
