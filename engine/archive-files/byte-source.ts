import { open } from "node:fs/promises";

/** Bytes that can be read from any offset to another, in order, block by block. */
export interface ByteSource {
  readonly sizeBytes: number;
  /** Whether starting at any offset is free; if not, everything before it is read as well. */
  readonly isSeekable: boolean;
  /** Ends early at the end of the bytes. A file's blocks are in `memory` if that is given. */
  read(start: number, end: number, memory?: BlockMemory): AsyncGenerator<Buffer, void>;
}

/** Large enough that a gigabyte takes only a thousand reads. */
const BLOCK_BYTES = 1 << 20;

/** Memory that is reused for blocks: each stays unchanged until this many more have been requested. */
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

/** A file, which is opened for each reading, so that nothing has to be closed. */
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

/** Part of a source, as a source. */
export function partOf(source: ByteSource, start: number, sizeBytes: number): ByteSource {
  return {
    sizeBytes,
    isSeekable: source.isSeekable,
    read: (from, end, memory) =>
      source.read(start + from, start + Math.min(end, sizeBytes), memory),
  };
}

/** A source that can only be read from its beginning, for example because it is decompressed. */
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

/** The bytes of a source from `start`, fewer than `length` only at its end. */
export async function readBytes(
  source: ByteSource,
  start: number,
  length: number,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of source.read(start, start + length)) chunks.push(chunk);
  return Buffer.concat(chunks);
}
