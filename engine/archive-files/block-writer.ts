import type { FileHandle } from "node:fs/promises";

/** So many bytes are brought to the disk at a time: at the end it would have all of them to write. */
const SYNC_BYTES = 64 << 20;

/**
 * Writes a file block by block, each while the next one is made, and has the disk write meanwhile: reading,
 * writing and the disk take turns otherwise.
 */
export class BlockWriter {
  readonly #file: FileHandle;
  #position = 0;
  #writing: Promise<void> = Promise.resolve();
  #syncing: Promise<void> | undefined;
  /** How much was written when the disk was asked last. */
  #synced = 0;
  #failure: unknown;

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
    if (this.#syncing === undefined && this.#position - this.#synced >= SYNC_BYTES) {
      this.#synced = this.#position;
      this.#syncing = this.#sync();
    }
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

  /** Waits for the last block. The file is as good as synced, not synced. */
  async finish(): Promise<void> {
    await this.#writing;
    await this.#syncing;
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** A disk says once only that it could not write. */
  async #sync(): Promise<void> {
    try {
      await this.#file.datasync();
    } catch (error) {
      this.#failure = error;
    }
    this.#syncing = undefined;
  }
}
