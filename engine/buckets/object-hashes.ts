import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { crc32 } from "node:zlib";

/** The ETag of an object in parts: the MD5 of their MD5s, and how many they are. */
export function etagOfParts(md5s: readonly string[]): string {
  const all = Buffer.from(md5s.join(""), "hex");
  return `${createHash("md5").update(all).digest("hex")}-${md5s.length}`;
}

/** The MD5 of every part of so many bytes of what it is shown. */
export class PartHashes {
  readonly #partBytes: number;
  readonly #done: string[] = [];
  #hash = createHash("md5");
  #bytes = 0;

  constructor(partBytes: number) {
    this.#partBytes = partBytes;
  }

  add(piece: Uint8Array): void {
    for (let rest = piece; rest.length > 0;) {
      const part = rest.subarray(0, this.#partBytes - this.#bytes);
      this.#hash.update(part);
      this.#bytes += part.length;
      rest = rest.subarray(part.length);
      if (this.#bytes === this.#partBytes) this.#next();
    }
  }

  /** Of all parts, the last and shorter one too; of nothing it is that of no bytes. */
  finish(): readonly string[] {
    if (this.#bytes > 0 || this.#done.length === 0) this.#next();
    return this.#done;
  }

  #next(): void {
    this.#done.push(this.#hash.digest("hex"));
    this.#hash = createHash("md5");
    this.#bytes = 0;
  }
}

/** A file's MD5s by part, hexadecimal, and its other hashes as S3 writes them. */
export async function hashesOf(path: string, partBytes: number, signal: AbortSignal) {
  const [parts, sha256] = [new PartHashes(partBytes), createHash("sha256")];
  let crc = 0;
  const pieces: AsyncIterable<Buffer> = createReadStream(path, { highWaterMark: 1 << 20 });
  for await (const piece of pieces) {
    signal.throwIfAborted();
    parts.add(piece);
    sha256.update(piece);
    crc = crc32(piece, crc);
  }
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc);
  return {
    md5s: parts.finish(),
    sha256: sha256.digest("base64"),
    crc32: bytes.toString("base64"),
  };
}
