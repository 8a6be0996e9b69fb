import { createDeflateRaw, crc32 } from "node:zlib";
import { joinCrc32 } from "../archive/crc32-join.ts";
import { streamedSource, type ByteSource } from "./byte-source.ts";
import { through } from "./inflate.ts";

/** Bytes to come, whose length and CRC-32 are known before they are read. */
export interface CheckedSource extends ByteSource {
  readonly crc32: number;
}

/** Bytes in memory. */
export function bytesSource(given: Uint8Array): CheckedSource {
  const bytes = Buffer.from(given);
  return {
    sizeBytes: bytes.length,
    isSeekable: true,
    crc32: crc32(bytes),
    async *read(start, end) {
      if (end > start) yield bytes.subarray(start, end);
    },
  };
}

/** Reads a source once for its checksum. `onBytes` is told of every block, and throws where the work is to end. */
export async function checked(
  source: ByteSource,
  onBytes: (bytes: number) => void,
): Promise<CheckedSource> {
  let sum = 0;
  for await (const block of source.read(0, source.sizeBytes)) {
    sum = crc32(block, sum);
    onBytes(block.length);
  }
  return { ...source, crc32: sum };
}

/** A source and its bytes deflated. */
export interface Deflated {
  readonly plain: CheckedSource;
  readonly packed: CheckedSource;
}

/**
 * Deflates a source to know how long it becomes, and throws that away: it is deflated again whenever it
 * is read. So a header can tell the size in front of the content, and nothing is kept on disk or in memory.
 */
export async function deflated(
  source: ByteSource,
  onBytes: (bytes: number) => void,
): Promise<Deflated> {
  let [plainSum, packedSum, packedBytes] = [0, 0, 0];
  for await (const block of deflate(source, (plain) => {
    plainSum = crc32(plain, plainSum);
    onBytes(plain.length);
  })) {
    packedSum = crc32(block, packedSum);
    packedBytes += block.length;
  }
  const packed = streamedSource(packedBytes, () => deflate(source, () => {}));
  return { plain: { ...source, crc32: plainSum }, packed: { ...packed, crc32: packedSum } };
}

function deflate(source: ByteSource, onPlain: (block: Buffer) => void): AsyncIterable<Buffer> {
  async function* watched(): AsyncGenerator<Buffer> {
    for await (const block of source.read(0, source.sizeBytes)) {
      onPlain(block);
      yield block;
    }
  }
  return through(watched(), createDeflateRaw());
}

/** Sources one behind the other, as one; any part of it is read without what lies in front, where that can be. */
export function joined(parts: readonly CheckedSource[]): CheckedSource {
  let [sizeBytes, sum] = [0, 0];
  const placed = parts.map((part) => {
    const from = sizeBytes;
    sizeBytes += part.sizeBytes;
    sum = joinCrc32(sum, part.crc32, part.sizeBytes);
    return { part, from };
  });
  return {
    sizeBytes,
    isSeekable: parts.every(({ isSeekable }) => isSeekable),
    crc32: sum,
    async *read(start, end) {
      for (const { part, from } of placed) {
        if (from >= end || from + part.sizeBytes <= start) continue;
        yield* part.read(Math.max(0, start - from), Math.min(part.sizeBytes, end - from));
      }
    },
  };
}
