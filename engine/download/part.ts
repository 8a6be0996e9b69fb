import { createHash, type Hash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile, rm, stat, writeFile } from "node:fs/promises";

/** What is known of a part: its length, and the validator that ties it to one version of the file. */
export interface Held {
  readonly bytes: number;
  readonly validator: string | null;
}

/** How many bytes a part holds, as far as its file goes. */
export async function partBytes(part: string): Promise<number> {
  const found = await stat(part).catch(() => null);
  return found?.size ?? 0;
}

/** Forgets a part and what was known of it. */
export async function discardPart(part: string): Promise<void> {
  await Promise.all([part, validatorFile(part)].map((file) => rm(file, { force: true })));
}

/** What can be continued: bytes that a strong validator ties to one version of the file. */
export async function resumable(part: string, sizeBytes: number): Promise<Held> {
  const bytes = await partBytes(part);
  const validator = await readFile(validatorFile(part), "utf8").catch(() => null);
  if (bytes === sizeBytes || (bytes < sizeBytes && validator)) return { bytes, validator };
  await discardPart(part);
  return { bytes: 0, validator: null };
}

/** An empty part. The validator is written before the first byte it speaks for. */
export async function startPart(part: string, validator: string | null): Promise<void> {
  await writeFile(part, "");
  await writeFile(validatorFile(part), validator ?? "");
}

/** Where the validator of a part is kept. */
export function validatorFile(part: string): string {
  return `${part}.validator`;
}

/**
 * The hash of a part while it grows. What it was not told of, an earlier run's bytes for one, it reads
 * from the file.
 */
export class PartHash {
  readonly #part: string;
  readonly #algorithm: "sha256" | "sha512";
  #hash: Hash;
  #hashedBytes = 0;

  constructor(part: string, algorithm: "sha256" | "sha512") {
    this.#part = part;
    this.#algorithm = algorithm;
    this.#hash = createHash(algorithm);
  }

  /** Bytes that were written to the part at `at`. */
  add(chunk: Uint8Array, at: number): void {
    if (at !== this.#hashedBytes) return;
    this.#hash.update(chunk);
    this.#hashedBytes += chunk.byteLength;
  }

  /** The part was started anew. */
  restart(): void {
    this.#hash = createHash(this.#algorithm);
    this.#hashedBytes = 0;
  }

  /** Takes in the part's bytes up to `end`; rejects with the signal's reason when cancelled. */
  async catchUp(end: number, signal: AbortSignal | undefined): Promise<void> {
    if (this.#hashedBytes > end) this.restart();
    if (this.#hashedBytes === end) return;
    const range = { start: this.#hashedBytes, end: end - 1, highWaterMark: 1 << 20 };
    const pieces: AsyncIterable<Buffer> = createReadStream(this.#part, range);
    for await (const piece of pieces) {
      signal?.throwIfAborted();
      this.#hash.update(piece);
      this.#hashedBytes += piece.byteLength;
    }
  }

  /** Of everything taken in; afterwards the object is spent. */
  digest(): Buffer {
    return this.#hash.digest();
  }
}
