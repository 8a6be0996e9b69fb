/** Bytes of a body that are kept for display. */
const KEPT_BYTES = 16_384;

/** The length of a body that passes by, and a copy of its beginning. */
export class BodyBeginning {
  readonly #chunks: Buffer[] = [];
  #keptBytes = 0;
  #sizeBytes = 0;

  /** Adds a chunk that was written to, or read from, a stream. */
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

  /** Drops the copy; the length stays. */
  forget(): void {
    this.#chunks.length = 0;
    this.#keptBytes = 0;
  }

  #take(bytes: Uint8Array): void {
    this.#sizeBytes += bytes.length;
    // Copied, since a view would keep the whole chunk in memory.
    const kept = Buffer.from(bytes.subarray(0, KEPT_BYTES - this.#keptBytes));
    if (kept.length === 0) return;
    this.#keptBytes += kept.length;
    this.#chunks.push(kept);
  }
}

function encodingOf(encoding: unknown): BufferEncoding {
  return typeof encoding === "string" && Buffer.isEncoding(encoding) ? encoding : "utf8";
}
