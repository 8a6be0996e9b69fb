import { createHash } from "node:crypto";
import { realpath, type FileHandle } from "node:fs/promises";
import { StudioError } from "../contract/errors.ts";
import { openRegular } from "../files/regular-file.ts";
import { headerLength, readHeader, type SafetensorsHeader } from "../snapshot/safetensors.ts";
import { identify, type FileIdentity } from "./hash-index.ts";
import { readFully } from "./reading.ts";

export const BLOCK_BYTES = 1_048_576;

/** A safetensors file from which a copy is made; it must not change meanwhile. */
export class WeightSource implements AsyncDisposable {
  readonly #handle: FileHandle;
  readonly #path: string;
  readonly identity: FileIdentity;

  private constructor(handle: FileHandle, path: string, identity: FileIdentity) {
    this.#handle = handle;
    this.#path = path;
    this.identity = identity;
  }

  static async open(file: string): Promise<WeightSource> {
    const path = await realpath(file);
    return new WeightSource(await openRegular(path), path, await identify(path));
  }

  async header(): Promise<SafetensorsHeader> {
    const size = this.identity.sizeBytes;
    const first8 = new Uint8Array(8);
    await readFully(this.#handle, first8, 0);
    const head = new Uint8Array(8 + headerLength(first8, size, this.#path));
    await readFully(this.#handle, head, 0);
    return readHeader(head, size, this.#path);
  }

  /** SHA-256 in hexadecimal; `onBytes` is called with the number of further bytes hashed. */
  async hash(onBytes: (bytes: number) => void): Promise<string> {
    const sha256 = createHash("sha256");
    for await (const block of this.blocks(0, this.identity.sizeBytes)) {
      sha256.update(block);
      onBytes(block.length);
    }
    return sha256.digest("hex");
  }

  /**
   * The file's bytes in order; the memory is reused for every block. Throws SAFETENSORS_INVALID if the file ends early.
   */
  async *blocks(
    start: number,
    length: number,
    blockBytes = BLOCK_BYTES,
  ): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    const memory = new Uint8Array(Math.min(blockBytes, length));
    for (let done = 0; done < length; done += memory.length) {
      const block = memory.subarray(0, Math.min(memory.length, length - done));
      if ((await readFully(this.#handle, block, start + done)) < block.length)
        throw this.#changed();
      yield block;
    }
  }

  /** A file that is still being downloaded must not become a copy under the finished file's name. */
  async demandUnchanged(): Promise<void> {
    const now = await identify(this.#path);
    if (now.stamp !== this.identity.stamp) throw this.#changed();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#handle.close();
  }

  #changed(): StudioError {
    const reason = "it changed while it was being read";
    return new StudioError("SAFETENSORS_INVALID", { file: this.#path, reason });
  }
}
