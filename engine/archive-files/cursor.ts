import type { ByteSource } from "./byte-source.ts";

/** The bytes ended too early. */
export class EndOfBytes extends Error {}

/** For fewer bytes, reading on is cheaper than starting again. */
const NEAR_BYTES = 1 << 18;

/** Reads a source from beginning to end, in a single pass if possible. */
export class Cursor {
  readonly #source: ByteSource;
  #blocks: AsyncGenerator<Buffer, void> | undefined;
  #left: Buffer = Buffer.alloc(0);
  /** The offset of the next byte. */
  #at = 0;

  constructor(source: ByteSource) {
    this.#source = source;
  }

  get position(): number {
    return this.#at;
  }

  async seek(position: number): Promise<void> {
    const isFar = this.#source.isSeekable && position - this.#at > NEAR_BYTES;
    if (position < this.#at || isFar) {
      await this.close();
      this.#at = this.#source.isSeekable ? position : 0;
    }
    while (this.#at < position) {
      if ((await this.some(position - this.#at)) === undefined) throw new EndOfBytes();
    }
  }

  /** The next bytes, at most `most`; undefined at the end. */
  async some(most: number): Promise<Buffer | undefined> {
    while (this.#left.length === 0) {
      this.#blocks ??= this.#source.read(this.#at, this.#source.sizeBytes);
      const { value, done } = await this.#blocks.next();
      if (done === true) return undefined;
      this.#left = value;
    }
    const taken = this.#left.subarray(0, most);
    this.#left = this.#left.subarray(taken.length);
    this.#at += taken.length;
    return taken;
  }

  /** Exactly this number of bytes. */
  async read(length: number): Promise<Buffer> {
    const chunks: Buffer[] = [];
    for await (const chunk of this.take(length)) chunks.push(chunk);
    return Buffer.concat(chunks);
  }

  /** Exactly this number of bytes, in pieces. */
  async *take(length: number): AsyncGenerator<Buffer, void> {
    for (let missing = length; missing > 0;) {
      const chunk = await this.some(missing);
      if (chunk === undefined) throw new EndOfBytes();
      missing -= chunk.length;
      yield chunk;
    }
  }

  async close(): Promise<void> {
    await this.#blocks?.return();
    this.#blocks = undefined;
    this.#left = Buffer.alloc(0);
  }
}
