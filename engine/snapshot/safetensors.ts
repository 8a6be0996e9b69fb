import { StudioError } from "../contract/errors.ts";
import { isObject, jsonFault, quote, type JsonObject } from "./json.ts";

/**
 * The header of a .safetensors file: 8 bytes with a little-endian length, then that many bytes of JSON, then the
 * tensors' bytes. Follows the rules in huggingface/safetensors, src/tensor.rs; the limits on length and dimensions are
 * those of huggingface.js, parse-safetensors-metadata.ts.
 */
export interface SafetensorsHeader {
  readonly metadata: ReadonlyMap<string, string>;
  /** In the order of their bytes, which fill the rest of the file without gaps or overlaps. */
  readonly tensors: ReadonlyMap<string, TensorEntry>;
}

interface TensorEntry {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** From the beginning of the file. */
  readonly offset: number;
  readonly lengthBytes: number;
}

/** Bits per element, by the format's name of the type. */
const BITS = {
  BOOL: 8,
  F4: 4,
  F6_E2M3: 6,
  F6_E3M2: 6,
  U8: 8,
  I8: 8,
  F8_E5M2: 8,
  F8_E4M3: 8,
  F8_E8M0: 8,
  I16: 16,
  U16: 16,
  F16: 16,
  BF16: 16,
  I32: 32,
  U32: 32,
  F32: 32,
  C64: 64,
  F64: 64,
  I64: 64,
  U64: 64,
} as const;
export type Dtype = keyof typeof BITS;

export const MAX_HEADER_BYTES = 25_000_000;
const MAX_TENSORS = 100_000;
const MAX_RANK = 8;
const MAX_DIMENSION = 2 ** 32;
/** A tensor has 4 keys, 6 brackets and at most 11 commas, so this limits what JSON.parse can allocate. */
const JSON_LIMITS = { depth: 3, marks: MAX_TENSORS * 25 };
/** "version ", the beginning of the pointer file that replaces a large file in a Git checkout without LFS. */
const LFS_POINTER = 0x206e_6f69_7372_6576n;

/** The number of bytes of JSON according to the first 8 bytes; readHeader needs 8 more than that. */
export function headerLength(first8: Uint8Array, fileSizeBytes: number, file: string): number {
  if (fileSizeBytes < 8 || first8.length < 8) {
    throw invalid(file, `it has ${fileSizeBytes} bytes, too few for a header`);
  }
  const length = new DataView(first8.buffer, first8.byteOffset, 8).getBigUint64(0, true);
  if (length === LFS_POINTER) {
    throw invalid(file, "it is a Git LFS pointer, not the weights it stands for");
  }
  if (length > MAX_HEADER_BYTES) {
    throw invalid(file, `its header claims ${length} bytes, more than ${MAX_HEADER_BYTES}`);
  }
  if (Number(length) + 8 > fileSizeBytes) {
    throw invalid(file, `its header claims ${length} bytes, but the file has ${fileSizeBytes}`);
  }
  return Number(length);
}

/** Parses the header from `head`, the first 8 + headerLength bytes of the file or more. */
export function readHeader(
  head: Uint8Array,
  fileSizeBytes: number,
  file: string,
): SafetensorsHeader {
  const length = headerLength(head, fileSizeBytes, file);
  if (head.length < 8 + length) throw invalid(file, "it ends in the middle of its header");
  const json = parseHeader(head.subarray(8, 8 + length), file);
  const { __metadata__: metadata, ...entries } = json;
  const tensors = Object.entries(entries).map(([name, entry]) => readEntry(name, entry, file));
  if (tensors.length > MAX_TENSORS) {
    throw invalid(file, `it holds ${tensors.length} tensors, more than ${MAX_TENSORS}`);
  }
  return {
    metadata: readMetadata(metadata, file),
    tensors: placeTensors(tensors, { start: 8 + length, end: fileSizeBytes, file }),
  };
}

function parseHeader(bytes: Uint8Array, file: string): JsonObject {
  const text = decodeHeader(bytes, file);
  const fault = jsonFault(text, JSON_LIMITS);
  if (fault !== undefined) throw invalid(file, `in its header ${fault}`);
  const json = parse(text, file);
  if (isObject(json) && text.startsWith("{")) return json;
  throw invalid(file, "its header does not begin with {");
}

function parse(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw invalid(file, "its header is not JSON", cause);
  }
}

function decodeHeader(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw invalid(file, "its header is not UTF-8 text", cause);
  }
}

/** Null counts as no metadata, as in the reference. */
function readMetadata(metadata: unknown, file: string): ReadonlyMap<string, string> {
  if (metadata === undefined || metadata === null) return new Map();
  if (!isObject(metadata)) throw invalid(file, "__metadata__ is not an object");
  return new Map(
    Object.entries(metadata).map(([key, value]) => {
      if (typeof value === "string") return [key, value];
      throw invalid(file, `__metadata__ holds ${quote(value)} at ${quote(key)}, not a string`);
    }),
  );
}

/** A tensor as the header describes it; begin and end count from the first tensor's byte. */
interface RawEntry {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

function readEntry(name: string, entry: unknown, file: string): RawEntry {
  const of = quote(name);
  if (!isObject(entry)) throw invalid(file, `${of} is not described by an object`);
  const { dtype, shape, data_offsets: offsets } = entry;
  if (!isDtype(dtype)) throw invalid(file, `the dtype of ${of} is ${quote(dtype)}`);
  if (!isShape(shape)) throw invalid(file, `the shape of ${of} is ${quote(shape)}`);
  if (!isRange(offsets)) throw invalid(file, `the data_offsets of ${of} are ${quote(offsets)}`);
  const [begin, end] = offsets;
  const wanted = sizeBytes(shape, dtype);
  if (wanted !== end - begin) {
    const size = wanted ?? "no whole number of";
    throw invalid(file, `${of} is ${size} bytes by dtype and shape, but has ${end - begin}`);
  }
  return { name, dtype, shape, begin, end };
}

function isDtype(value: unknown): value is Dtype {
  return typeof value === "string" && Object.hasOwn(BITS, value);
}

function isShape(value: unknown): value is readonly number[] {
  return (
    Array.isArray(value) &&
    value.length <= MAX_RANK &&
    value.every((dimension) => isCount(dimension) && dimension <= MAX_DIMENSION)
  );
}

function isRange(value: unknown): value is readonly [number, number] {
  if (!Array.isArray(value) || value.length !== 2) return false;
  const [begin, end]: readonly unknown[] = value;
  return isCount(begin) && isCount(end) && begin <= end;
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

/** Undefined where the bits do not fill whole bytes, or the size is not a safe integer. */
function sizeBytes(shape: readonly number[], dtype: Dtype): number | undefined {
  let bits: number = BITS[dtype];
  for (const dimension of shape) {
    bits *= dimension;
    if (!Number.isSafeInteger(bits)) return undefined;
  }
  return bits % 8 === 0 ? bits / 8 : undefined;
}

interface Span {
  readonly start: number;
  readonly end: number;
  readonly file: string;
}

/** The tensors in the order of their bytes, which must fill the span exactly. */
function placeTensors(entries: readonly RawEntry[], span: Span): ReadonlyMap<string, TensorEntry> {
  const placed = new Map<string, TensorEntry>();
  let filled = 0;
  for (const { name, dtype, shape, begin, end } of entries.toSorted(byOffset)) {
    if (begin !== filled) {
      const fault = begin < filled ? "overlap the tensor before" : "leave a hole before them";
      throw invalid(span.file, `the bytes of ${quote(name)} ${fault}`);
    }
    placed.set(name, { dtype, shape, offset: span.start + begin, lengthBytes: end - begin });
    filled = end;
  }
  if (span.start + filled !== span.end) {
    const ends = span.start + filled;
    throw invalid(span.file, `its tensors end at byte ${ends}, the file at ${span.end}`);
  }
  return placed;
}

function byOffset(a: RawEntry, b: RawEntry): number {
  return a.begin - b.begin || a.end - b.end;
}

function invalid(file: string, reason: string, cause?: unknown): StudioError {
  return new StudioError("SAFETENSORS_INVALID", { file, reason }, { cause });
}
