import { createHash, type Hash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile, rm, stat, writeFile } from "node:fs/promises";

/** What is known about a part: its length, and the validator that identifies the file's version. */
export interface Held {
  readonly bytes: number;
  readonly validator: string | null;
}

/** How many bytes of the file a part contains. */
export async function partBytes(part: string): Promise<number> {
  const found = await stat(part).catch(() => null);
  return found?.size ?? 0;
}

/** Deletes a part and its validator. */
export async function discardPart(part: string): Promise<void> {
  await Promise.all([part, validatorFile(part)].map((file) => rm(file, { force: true })));
}

/** What can be resumed: bytes with a strong validator. */
export async function resumable(part: string, sizeBytes: number): Promise<Held> {
  const bytes = await partBytes(part);
  const validator = await readFile(validatorFile(part), "utf8").catch(() => null);
  if (bytes === sizeBytes || (bytes < sizeBytes && validator)) return { bytes, validator };
  await discardPart(part);
  return { bytes: 0, validator: null };
}

/** Starts an empty part. The validator is written before the first byte it applies to. */
export async function startPart(part: string, validator: string | null): Promise<void> {
  await writeFile(part, "");
  await writeFile(validatorFile(part), validator ?? "");
}

/** The file with a part's validator. */
export function validatorFile(part: string): string {
  return `${part}.validator`;
}

/** The hash of a growing part. Bytes that it was not given, such as those of an earlier run, are read from the file. */
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

  /** Adds bytes that were written to the part at `at`. */
  add(chunk: Uint8Array, at: number): void {
    if (at !== this.#hashedBytes) return;
    this.#hash.update(chunk);
    this.#hashedBytes += chunk.byteLength;
  }

  /** The part started again. */
  restart(): void {
    this.#hash = createHash(this.#algorithm);
    this.#hashedBytes = 0;
  }

  /** Hashes the part's bytes up to `end`; rejects with the signal's reason when cancelled. */
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

  /** The hash; afterwards this object cannot be used. */
  digest(): Buffer {
    return this.#hash.digest();
  }
}
