import type { FileHandle } from "node:fs/promises";

/** Number of bytes that are synced to the disk at a time; otherwise all would have to be written at the end. */
const SYNC_BYTES = 64 << 20;

/**
 * Writes a file block by block, each while the next is being made, and syncs meanwhile: otherwise reading, writing and
 * the disk would take turns.
 */
export class BlockWriter {
  readonly #file: FileHandle;
  #position = 0;
  #writing: Promise<void> = Promise.resolve();
  #syncing: Promise<void> | undefined;
  /** How much had been written at the last sync. */
  #synced = 0;
  #failure: unknown;

  constructor(file: FileHandle) {
    this.#file = file;
  }

  /** The position of the next block. */
  get position(): number {
    return this.#position;
  }

  /** Starts to write a block once the previous one is written; it must not change until then. */
  async append(block: Uint8Array): Promise<void> {
    await this.#writing;
    this.#writing = this.writeAt(this.#position, block);
    // The next call throws the failure.
    this.#writing.catch(() => {});
    this.#position += block.length;
    if (this.#syncing === undefined && this.#position - this.#synced >= SYNC_BYTES) {
      this.#synced = this.#position;
      this.#syncing = this.#sync();
    }
  }

  /** Leaves space for bytes that are written later. */
  skip(bytes: number): void {
    this.#position += bytes;
  }

  async writeAt(position: number, bytes: Uint8Array): Promise<void> {
    for (let done = 0; done < bytes.length;) {
      const { bytesWritten } = await this.#file.write(bytes, done, undefined, position + done);
      done += bytesWritten;
    }
  }

  /** Waits for the last block. The file is almost, but not completely, synced. */
  async finish(): Promise<void> {
    await this.#writing;
    await this.#syncing;
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** A disk reports a failed write only once. */
  async #sync(): Promise<void> {
    try {
      await this.#file.datasync();
    } catch (error) {
      this.#failure = error;
    }
    this.#syncing = undefined;
  }
}
