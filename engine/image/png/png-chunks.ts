import { crc32 } from "node:zlib";
import { concatBytes, fromLatin1 } from "../bytes.ts";
import type { Size } from "../resize.ts";

/** The first eight bytes of every PNG. */
export const PNG_SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);

/** Why bytes are not a valid PNG; callers add the file's name. */
export class PngDamage extends Error {}

/** libpng writes 24,600 chunks of 8 KiB for a picture of 8192 x 8192. */
const MAX_CHUNKS = 65_536;

/** A chunk in a file. */
export interface Chunk {
  readonly type: string;
  readonly body: Uint8Array;
  /** With length, type and checksum; shorter if the file is cut off. */
  readonly whole: Uint8Array;
  readonly isSound: () => boolean;
}

/** Encodes a chunk. */
export function encodeChunk(type: string, body: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(12 + body.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, body.length);
  new TextEncoder().encodeInto(type, bytes.subarray(4));
  bytes.set(body, 8);
  view.setUint32(8 + body.length, crc32(bytes.subarray(4, 8 + body.length)));
  return bytes;
}

/** The chunks before IEND, as views of the file; anything after it is ignored. Throws PngDamage. */
export function* chunksOf(bytes: Uint8Array): Generator<Chunk> {
  if (PNG_SIGNATURE.some((byte, at) => bytes[at] !== byte)) throw new PngDamage("it is not a PNG");
  let at = PNG_SIGNATURE.length;
  for (let count = 1; count <= MAX_CHUNKS; count++) {
    const { length, ...chunk } = chunkAt(bytes, at);
    if ((chunk.type === "IHDR") !== (count === 1)) {
      throw new PngDamage("its header is not its first chunk");
    }
    if (chunk.type === "IEND") return;
    yield chunk;
    at += 12 + length;
  }
  throw new PngDamage(`it has more than ${MAX_CHUNKS} chunks`);
}

function chunkAt(bytes: Uint8Array, at: number): Chunk & { readonly length: number } {
  const left = bytes.length - at - 12;
  if (left < 0) throw new PngDamage("it ends early");
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, bytes.length - at);
  const length = view.getUint32(0);
  const type = fromLatin1(bytes.subarray(at + 4, at + 8));
  if (!/^[A-Za-z]{4}$/.test(type)) throw new PngDamage("one of its chunks has no proper type");
  // A truncated picture is still yielded; what is missing shows at the next chunk.
  if (length > left && type !== "IDAT") {
    throw new PngDamage(`its chunk ${type} reaches past its end`);
  }
  return {
    type,
    length,
    body: bytes.subarray(at + 8, at + 8 + length),
    whole: bytes.subarray(at, at + 12 + length),
    isSound: () => crc32(bytes.subarray(at + 4, at + 8 + length)) === view.getUint32(8 + length),
  };
}

/** A PNG of these chunks, completed with its end. */
export function joinChunks(chunks: readonly Uint8Array[]): Uint8Array {
  return concatBytes(PNG_SIGNATURE, ...chunks, encodeChunk("IEND", new Uint8Array(0)));
}

/** The size in a PNG's header; undefined if the bytes do not start like a PNG. */
export function pngSize(bytes: Uint8Array): Size | undefined {
  if (bytes.length < 24 || PNG_SIGNATURE.some((byte, at) => bytes[at] !== byte)) return undefined;
  if (fromLatin1(bytes.subarray(12, 16)) !== "IHDR") return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return { width: view.getUint32(16), height: view.getUint32(20) };
}
