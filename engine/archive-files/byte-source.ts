import { open } from "node:fs/promises";

/** Bytes that are read from any place to another, in order, a block at a time. */
export interface ByteSource {
  readonly sizeBytes: number;
  /** Whether beginning anywhere costs nothing; where not, everything in front is read as well. */
  readonly isSeekable: boolean;
  /** Ends early where the bytes end. A file's blocks lie in `memory` where that is given, in their own otherwise. */
  read(start: number, end: number, memory?: BlockMemory): AsyncGenerator<Buffer, void>;
}

/** Large enough that a gigabyte is no more than a thousand reads. */
const BLOCK_BYTES = 1 << 20;

/** Memory for blocks that is used again: one stays as it is until so many more have been asked for. */
export class BlockMemory {
  readonly #blocks: readonly Buffer[];
  #next = 0;

  constructor(count: number) {
    this.#blocks = Array.from({ length: count }, () => Buffer.allocUnsafeSlow(BLOCK_BYTES));
  }

  next(): Buffer | undefined {
    return this.#blocks[this.#next++ % this.#blocks.length];
  }
}

/** A file, opened for each reading: nothing to close. */
export function fileSource(path: string, sizeBytes: number): ByteSource {
  return {
    sizeBytes,
    isSeekable: true,
    async *read(start, end, memory) {
      await using file = await open(path);
      for (let at = start; at < end;) {
        const length = Math.min(BLOCK_BYTES, end - at);
        const block = memory?.next() ?? Buffer.allocUnsafe(length);
        const { bytesRead } = await file.read(block, 0, length, at);
        if (bytesRead === 0) return;
        yield block.subarray(0, bytesRead);
        at += bytesRead;
      }
    },
  };
}

/** A part of a source, as one of its own. */
export function partOf(source: ByteSource, start: number, sizeBytes: number): ByteSource {
  return {
    sizeBytes,
    isSeekable: source.isSeekable,
    read: (from, end, memory) =>
      source.read(start + from, start + Math.min(end, sizeBytes), memory),
  };
}

/** What can only be read from its beginning, such as what is unpacked on the way. */
export function streamedSource(sizeBytes: number, begin: () => AsyncIterable<Buffer>): ByteSource {
  return {
    sizeBytes,
    isSeekable: false,
    async *read(start, end) {
      let at = 0;
      for await (const chunk of begin()) {
        const wanted = chunk.subarray(Math.max(0, start - at), Math.max(0, end - at));
        at += chunk.length;
        if (wanted.length > 0) yield wanted;
        if (at >= end) return;
      }
    },
  };
}

/** The bytes of a source from `start` on, fewer than `length` only where it ends. */
export async function readBytes(
  source: ByteSource,
  start: number,
  length: number,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of source.read(start, start + length)) chunks.push(chunk);
  return Buffer.concat(chunks);
}
