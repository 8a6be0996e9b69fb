import { crc32 } from "node:zlib";
import { joinCrc32 } from "../archive/crc32-join.ts";
import { BlockMemory, type ByteSource } from "./byte-source.ts";

/** A number of bytes, and their CRC-32. */
export interface Checksum {
  readonly sizeBytes: number;
  readonly crc32: number;
}

/** A source whose length and CRC-32 are known before it is read. */
export interface CheckedSource extends ByteSource, Checksum {}

/** Bytes in memory as a source. */
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

/** Reads a source once for its checksum. */
export async function checked(source: ByteSource): Promise<CheckedSource> {
  let sum = 0;
  for await (const block of source.read(0, source.sizeBytes, new BlockMemory(1))) {
    sum = crc32(block, sum);
  }
  return { ...source, crc32: sum };
}

/** The checksum of concatenated pieces. */
export function joinedChecksum(parts: readonly Checksum[]): Checksum {
  return parts.reduce((first, second) => ({
    sizeBytes: first.sizeBytes + second.sizeBytes,
    crc32: joinCrc32(first.crc32, second.crc32, second.sizeBytes),
  }));
}

/** Concatenated sources as one; any part of it is read without what precedes it, if possible. */
export function joined(parts: readonly CheckedSource[]): CheckedSource {
  let at = 0;
  const placed = parts.map((part) => {
    const from = at;
    at += part.sizeBytes;
    return { part, from };
  });
  return {
    ...joinedChecksum(parts),
    isSeekable: parts.every(({ isSeekable }) => isSeekable),
    async *read(start, end, memory) {
      for (const { part, from } of placed) {
        if (from >= end || from + part.sizeBytes <= start) continue;
        const last = Math.min(part.sizeBytes, end - from);
        yield* part.read(Math.max(0, start - from), last, memory);
      }
    },
  };
}
