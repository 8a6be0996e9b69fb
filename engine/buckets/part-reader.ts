import { Turns } from "../files/turns.ts";
import { hasherFor, sharedMemory, type Hasher } from "./hasher.ts";
import type { Digests, HashOrder } from "./object-hashes.ts";
import { sourceChanged, type UploadSource } from "./sent-bytes.ts";
import type { Part } from "./upload-parts.ts";

/** Reads ranges of a source one after the other; consecutive ranges without opening it again. */
export class RangeReader implements AsyncDisposable {
  readonly #source: UploadSource;
  readonly #turns = new Turns();
  #at = -1;
  #pieces: AsyncIterator<Uint8Array> | undefined;
  #rest: Uint8Array = new Uint8Array(0);

  constructor(source: UploadSource) {
    this.#source = source;
  }

  /** Fills `memory` from `start`. Refuses as UPLOAD_INPUT_CHANGED if the source has become shorter. */
  read(start: number, memory: Uint8Array, signal: AbortSignal): Promise<void> {
    return this.#turns.take(async () => {
      const pieces = await this.#openAt(start);
      for (let filled = 0; filled < memory.length;) {
        signal.throwIfAborted();
        if (this.#rest.length === 0) {
          const next = await pieces.next();
          if (next.done === true) throw sourceChanged(this.#source.name);
          this.#rest = next.value;
        }
        const piece = this.#rest.subarray(0, memory.length - filled);
        memory.set(piece, filled);
        this.#rest = this.#rest.subarray(piece.length);
        filled += piece.length;
        this.#at += piece.length;
      }
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#turns.take(() => this.#close());
  }

  async #openAt(start: number): Promise<AsyncIterator<Uint8Array>> {
    if (this.#pieces !== undefined && this.#at === start) return this.#pieces;
    await this.#close();
    this.#pieces = this.#source.open(start)[Symbol.asyncIterator]();
    this.#at = start;
    return this.#pieces;
  }

  async #close(): Promise<void> {
    await this.#pieces?.return?.();
    this.#pieces = undefined;
    this.#rest = new Uint8Array(0);
  }
}

/** Reads and hashes parts for lanes, each with its own memory and hasher, which are reused. */
export class PartReader implements AsyncDisposable {
  readonly #source: UploadSource;
  readonly #reader: RangeReader;
  readonly #mostBytes: number;
  readonly #order: HashOrder;
  readonly #free: Desk[] = [];
  readonly #all: Desk[] = [];

  constructor(source: UploadSource, { partBytes, algorithms }: HashOrder) {
    this.#source = source;
    this.#reader = new RangeReader(source);
    this.#mostBytes = Math.min(partBytes, source.sizeBytes);
    this.#order = { partBytes, algorithms };
  }

  /** Passes a part to `use`, which may keep it until it returns. Refuses as the source does if it has changed. */
  async read(
    { start, bytes }: Part,
    signal: AbortSignal,
    use: (bytes: Uint8Array, digests: Digests) => Promise<void>,
  ): Promise<void> {
    const desk = this.#free.pop() ?? this.#open();
    const { memory, hasher } = desk;
    const body = memory.subarray(0, bytes);
    await this.#reader.read(start, body, signal);
    await this.#source.refuseChanged?.();
    hasher.begin(this.#order);
    await hasher.add(body);
    const [digests] = await hasher.finish();
    if (digests === undefined) throw new Error("a part without a hash");
    await use(body, digests);
    this.#free.push(desk);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#reader[Symbol.asyncDispose]();
    await Promise.all(this.#all.map(({ hasher }) => hasher[Symbol.asyncDispose]()));
  }

  #open(): Desk {
    const desk = { memory: sharedMemory(this.#mostBytes), hasher: hasherFor(this.#mostBytes) };
    this.#all.push(desk);
    return desk;
  }
}

interface Desk {
  readonly memory: Uint8Array;
  readonly hasher: Hasher;
}
