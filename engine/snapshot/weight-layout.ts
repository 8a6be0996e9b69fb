import type { Dtype, SafetensorsHeader } from "./safetensors.ts";

/** The layout of a safetensors file whose tensors are converted for the CPU. */
export interface WeightLayout {
  /** The beginning of the copy: length and header, padded so that the tensors are aligned. */
  readonly head: Uint8Array;
  /** The tensors in the order of their bytes, which is the same in both files. */
  readonly pieces: readonly Piece[];
  /** Size of the whole copy. */
  readonly sizeBytes: number;
}

/** A tensor's place in both files, and how its values are converted. */
export interface Piece {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly sourceOffset: number;
  readonly sourceBytes: number;
  readonly targetOffset: number;
  readonly targetBytes: number;
  /** A quantized tensor is followed by its scales: two tensors, `NAME.int8` and `NAME.scale`. */
  readonly becomes: "the same" | "float32" | "int8";
}

/** A cache line; the copy is mapped into memory, and its tensors are read in place. */
const ALIGNMENT = 64;

/** Whether float32 represents a dtype exactly in twice the bytes. */
export function isHalf(dtype: Dtype): boolean {
  return dtype === "F16" || dtype === "BF16";
}

/** The float32 copy's layout: names, order, metadata and tensors of other types stay the same. */
export function float32Layout(source: SafetensorsHeader): WeightLayout {
  return quantizedLayout(source, new Set());
}

/**
 * The layout of a copy in which the tensors at these offsets of the source are quantized to int8, (inputs, out), with
 * (out) scales of float32; all other half-precision tensors become float32.
 */
export function quantizedLayout(
  source: SafetensorsHeader,
  offsets: ReadonlySet<number>,
): WeightLayout {
  const tensors = [...source.tensors].map(([name, tensor]) => {
    const becomes = offsets.has(tensor.offset)
      ? "int8"
      : isHalf(tensor.dtype)
        ? "float32"
        : "the same";
    return { ...tensor, name, becomes } as const;
  });
  const made = tensors.map(madeOf);
  const head = encodeHeader(source.metadata, made.flat());
  let end = head.length;
  const pieces = tensors.map(({ dtype, shape, offset, lengthBytes, becomes }, i): Piece => {
    const targetBytes = (made[i] ?? []).reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    const targetOffset = end;
    end += targetBytes;
    return {
      dtype,
      shape,
      sourceOffset: offset,
      sourceBytes: lengthBytes,
      targetOffset,
      targetBytes,
      becomes,
    };
  });
  return { head, pieces, sizeBytes: end };
}

interface Made {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly sizeBytes: number;
}

/** The tensors in the copy that one tensor of the source becomes. */
function madeOf({
  name,
  dtype,
  shape,
  lengthBytes,
  becomes,
}: Pick<Piece, "dtype" | "shape" | "becomes"> & {
  readonly name: string;
  readonly lengthBytes: number;
}): readonly Made[] {
  if (becomes === "the same") return [{ name, dtype, shape, sizeBytes: lengthBytes }];
  if (becomes === "float32") return [{ name, dtype: "F32", shape, sizeBytes: 2 * lengthBytes }];
  const [out = 0, ...rest] = shape;
  const inputs = rest.reduce((size, one) => size * one, 1);
  return [
    { name: `${name}.int8`, dtype: "I8", shape: [inputs, out], sizeBytes: inputs * out },
    { name: `${name}.scale`, dtype: "F32", shape: [out], sizeBytes: 4 * out },
  ];
}

function encodeHeader(metadata: SafetensorsHeader["metadata"], made: readonly Made[]): Uint8Array {
  const entries: [string, unknown][] = [["__metadata__", Object.fromEntries(metadata)]];
  let end = 0;
  for (const { name, dtype, shape, sizeBytes } of made) {
    const begin = end;
    end += sizeBytes;
    entries.push([name, { dtype, shape, data_offsets: [begin, end] }]);
  }
  return withLength(new TextEncoder().encode(JSON.stringify(Object.fromEntries(entries))));
}

/** The beginning of a file with this header; the format allows spaces after the JSON. */
function withLength(json: Uint8Array): Uint8Array {
  const head = new Uint8Array(Math.ceil((8 + json.length) / ALIGNMENT) * ALIGNMENT).fill(0x20);
  new DataView(head.buffer).setBigUint64(0, BigInt(head.length - 8), true);
  head.set(json, 8);
  return head;
}
