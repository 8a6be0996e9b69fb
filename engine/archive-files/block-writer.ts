import type { FileHandle } from "node:fs/promises";

/** Writes a file block by block, each while the next one is made: reading and writing take turns otherwise. */
export class BlockWriter {
  readonly #file: FileHandle;
  #position = 0;
  #writing: Promise<void> = Promise.resolve();

  constructor(file: FileHandle) {
    this.#file = file;
  }

  /** Where the next block goes. */
  get position(): number {
    return this.#position;
  }

  /** Begins to write a block once the one before is written; it must stay as it is until then. */
  async append(block: Uint8Array): Promise<void> {
    await this.#writing;
    this.#writing = this.writeAt(this.#position, block);
    // A failure is thrown by the next call.
    this.#writing.catch(() => {});
    this.#position += block.length;
  }

  /** Leaves room for bytes that are written later. */
  skip(bytes: number): void {
    this.#position += bytes;
  }

  async writeAt(position: number, bytes: Uint8Array): Promise<void> {
    for (let done = 0; done < bytes.length;) {
      const { bytesWritten } = await this.#file.write(bytes, done, undefined, position + done);
      done += bytesWritten;
    }
  }

  /** Waits for the last block. */
  async finish(): Promise<void> {
    await this.#writing;
  }
}
