/** Bytes of a body that are kept for a person to read. */
const KEPT_BYTES = 16_384;

/** A body as it goes by: how long it is, and a copy of its beginning. */
export class BodyBeginning {
  readonly #chunks: Buffer[] = [];
  #keptBytes = 0;
  #sizeBytes = 0;

  /** Takes what was written to a stream, or read from it. */
  take(chunk?: unknown, encoding?: unknown): void {
    if (typeof chunk === "string") this.#take(Buffer.from(chunk, encodingOf(encoding)));
    else if (chunk instanceof Uint8Array) this.#take(chunk);
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  get keptBytes(): number {
    return this.#keptBytes;
  }

  bytes(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  /** Lets go of what is kept; the length stays. */
  forget(): void {
    this.#chunks.length = 0;
    this.#keptBytes = 0;
  }

  #take(bytes: Uint8Array): void {
    this.#sizeBytes += bytes.length;
    // A copy: a part of a chunk would keep all of it in memory.
    const kept = Buffer.from(bytes.subarray(0, KEPT_BYTES - this.#keptBytes));
    if (kept.length === 0) return;
    this.#keptBytes += kept.length;
    this.#chunks.push(kept);
  }
}

function encodingOf(encoding: unknown): BufferEncoding {
  return typeof encoding === "string" && Buffer.isEncoding(encoding) ? encoding : "utf8";
}
