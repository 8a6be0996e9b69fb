import type { FileHandle } from "node:fs/promises";
import { SharedBlocks, type Hasher } from "./hasher.ts";
import type { Digests, HashOrder } from "./object-hashes.ts";

/** What is hashed, and by which hasher. */
export interface Hashing {
  /** Undefined if there is nothing to compare with. */
  readonly order: HashOrder | undefined;
  readonly hasher: Hasher;
}

/** Called with the new length. */
type OnWritten = (end: number) => void;

/** A file that is hashed while it grows. */
export class HashedFile {
  readonly #file: FileHandle;
  readonly #hashing: Hashing;
  #end = 0;
  /** Blocks are written one after the other, so that a kill leaves no gap. */
  #writing: Promise<void> = Promise.resolve();

  constructor(file: FileHandle, hashing: Hashing) {
    this.#file = file;
    this.#hashing = hashing;
    this.#begin();
  }

  /** Hashes what an earlier run left, up to a length. */
  async catchUp(end: number, signal: AbortSignal): Promise<void> {
    const { hasher, order } = this.#hashing;
    if (order !== undefined && end > 0) {
      const blocks = new SharedBlocks((block) => hasher.add(block));
      const whole = { start: 0, end: end - 1, autoClose: false, highWaterMark: 1 << 20 };
      const pieces: AsyncIterable<Buffer> = this.#file.createReadStream(whole);
      for await (const piece of pieces) {
        signal.throwIfAborted();
        await blocks.add(piece);
      }
      await blocks.flush();
    }
    this.#end = end;
  }

  /** Returns a function that writes blocks at the end, or at the start if everything is sent again. */
  writerAt(at: number, onWritten: OnWritten): (block: Uint8Array) => Promise<unknown> {
    if (at !== this.#end) {
      this.#begin();
      this.#end = 0;
    }
    const { hasher, order } = this.#hashing;
    return (block) => {
      const from = this.#end;
      this.#end += block.length;
      this.#writing = this.#append(this.#writing, { block, from, onWritten });
      return Promise.all([this.#writing, order && hasher.add(block)]);
    };
  }

  async #append(
    before: Promise<void>,
    { block, from, onWritten }: { block: Uint8Array; from: number; onWritten: OnWritten },
  ): Promise<void> {
    await before;
    await writeAll(this.#file, block, from);
    onWritten(from + block.length);
  }

  async finish(): Promise<readonly Digests[]> {
    const { hasher, order } = this.#hashing;
    return order === undefined ? [] : hasher.finish();
  }

  #begin(): void {
    const { hasher, order } = this.#hashing;
    if (order !== undefined) hasher.begin(order);
  }
}

async function writeAll(file: FileHandle, block: Uint8Array, at: number): Promise<void> {
  for (let done = 0; done < block.length;) {
    const { bytesWritten } = await file.write(block, done, block.length - done, at + done);
    done += bytesWritten;
  }
}
