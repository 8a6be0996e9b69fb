import { createHash, type Hash } from "node:crypto";
import { crc32 } from "node:zlib";

/** The ETag of a multipart object: the MD5 of its parts' MD5s, and their number. */
export function etagOfParts(md5s: readonly string[]): string {
  const all = Buffer.from(md5s.join(""), "hex");
  return `${createHash("md5").update(all).digest("hex")}-${md5s.length}`;
}

/** Which hashes are computed for each part of this size. */
export interface HashOrder {
  readonly algorithms: readonly ("md5" | "sha256" | "crc32")[];
  readonly partBytes: number;
}

/** Hashes of one part, hexadecimal; empty or 0 if not requested. */
export interface Digests {
  readonly md5: string;
  readonly sha256: string;
  readonly crc32: number;
}

/** The hashes of every part of a sequence of bytes. */
export class PartHashes {
  readonly #order: HashOrder;
  readonly #done: Digests[] = [];
  #md5: Hash | undefined;
  #sha256: Hash | undefined;
  #crc32 = 0;
  #bytes = 0;

  constructor(order: HashOrder) {
    this.#order = order;
    this.#start();
  }

  add(block: Uint8Array): void {
    const { algorithms, partBytes } = this.#order;
    for (let rest = block; rest.length > 0;) {
      if (this.#bytes === partBytes) this.#end();
      const piece = rest.subarray(0, partBytes - this.#bytes);
      this.#md5?.update(piece);
      this.#sha256?.update(piece);
      if (algorithms.includes("crc32")) this.#crc32 = crc32(piece, this.#crc32);
      this.#bytes += piece.length;
      rest = rest.subarray(piece.length);
    }
  }

  /** Of all parts, including a shorter last one; no bytes make one empty part. */
  finish(): readonly Digests[] {
    this.#end();
    return this.#done;
  }

  #start(): void {
    const { algorithms } = this.#order;
    this.#md5 = algorithms.includes("md5") ? createHash("md5") : undefined;
    this.#sha256 = algorithms.includes("sha256") ? createHash("sha256") : undefined;
    this.#crc32 = 0;
    this.#bytes = 0;
  }

  #end(): void {
    const md5 = this.#md5?.digest("hex") ?? "";
    const sha256 = this.#sha256?.digest("hex") ?? "";
    this.#done.push({ md5, sha256, crc32: this.#crc32 });
    this.#start();
  }
}
