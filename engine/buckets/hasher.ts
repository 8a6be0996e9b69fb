import { Worker } from "node:worker_threads";
import { PartHashes, type Digests, type HashOrder } from "./object-hashes.ts";

const PROGRAM = new URL("hash-worker.ts", import.meta.url);

export type HashRequest =
  | { readonly kind: "begin"; readonly order: HashOrder }
  | { readonly kind: "add"; readonly block: Uint8Array }
  | { readonly kind: "finish" };

interface Waiting {
  readonly resolve: (digests: readonly Digests[]) => void;
  readonly reject: (error: Error) => void;
}

/** Hashes one row of bytes at a time. */
export interface Hasher extends AsyncDisposable {
  /** Begins with no bytes; what was shown before is forgotten. */
  begin(order: HashOrder): void;
  /** The next bytes, which must stay as they are until it resolves. */
  add(block: Uint8Array): Promise<void>;
  /** Of every part, the last and shorter one too; of no bytes there is one. */
  finish(): Promise<readonly Digests[]>;
}

/** A thread takes longer to start than so many bytes to hash. */
const SMALL_BYTES = 8 << 20;

export function hasherFor(sizeBytes: number): Hasher {
  return sizeBytes <= SMALL_BYTES ? new HashHere() : new HashThread();
}

class HashHere implements Hasher {
  #hashes: PartHashes | undefined;

  begin(order: HashOrder): void {
    this.#hashes = new PartHashes(order);
  }

  async add(block: Uint8Array): Promise<void> {
    this.#hashes?.add(block);
  }

  async finish(): Promise<readonly Digests[]> {
    return this.#hashes?.finish() ?? [];
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

/**
 * Hashes in a thread of its own, so that reading, sending and the studio go on meanwhile: MD5, by which S3 names
 * objects, is slower than the disk. The thread starts with the first bytes; shared memory is not copied.
 */
class HashThread implements Hasher {
  readonly #waiting: Waiting[] = [];
  #worker: Worker | undefined;
  #failure: Error | undefined;

  begin(order: HashOrder): void {
    // A failure is thrown by the next call.
    this.#ask({ kind: "begin", order }).catch(() => {});
  }

  async add(block: Uint8Array): Promise<void> {
    await this.#ask({ kind: "add", block });
  }

  finish(): Promise<readonly Digests[]> {
    return this.#ask({ kind: "finish" });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#worker?.terminate();
  }

  #ask(request: HashRequest): Promise<readonly Digests[]> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    const worker = (this.#worker ??= this.#start());
    const answer = new Promise<readonly Digests[]>((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
    });
    // Whoever waits keeps the process alive, and nobody else.
    worker.ref();
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread is no window.
    worker.postMessage(request);
    return answer;
  }

  #start(): Worker {
    const worker = new Worker(PROGRAM, { env: {} });
    worker.on("message", (digests: readonly Digests[]) => {
      this.#waiting.shift()?.resolve(digests);
      if (this.#waiting.length === 0) worker.unref();
    });
    worker.on("error", (error) => this.#fail(error));
    worker.on("exit", () => this.#fail(new Error("the thread that hashes has ended")));
    return worker;
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const { reject } of this.#waiting.splice(0)) reject(this.#failure);
  }
}

/** Memory that a thread sees without a copy. */
export function sharedMemory(bytes: number): Uint8Array {
  return Buffer.from(new SharedArrayBuffer(bytes));
}

const BLOCK_BYTES = 1 << 20;
const BLOCKS = 4;

/**
 * Gathers the small pieces that a line gives into blocks of shared memory, and hands each on while the next
 * ones are filled. The memory is used again when `use` is done with it.
 */
export class SharedBlocks {
  readonly #use: (block: Uint8Array) => Promise<unknown>;
  readonly #free: Uint8Array[] = [];
  readonly #underWay = new Set<Promise<unknown>>();
  #made = 0;
  #filled = 0;

  constructor(use: (block: Uint8Array) => Promise<unknown>) {
    this.#use = use;
  }

  /** Takes a copy of a piece. Rejects as `use` did. */
  async add(piece: Uint8Array): Promise<void> {
    for (let rest = piece; rest.length > 0;) {
      const block = await this.#block();
      const part = rest.subarray(0, BLOCK_BYTES - this.#filled);
      block.set(part, this.#filled);
      this.#filled += part.length;
      rest = rest.subarray(part.length);
      if (this.#filled === BLOCK_BYTES) this.#hand();
    }
  }

  /** Hands on what is left, and waits for all. */
  async flush(): Promise<void> {
    if (this.#filled > 0) this.#hand();
    await Promise.all(this.#underWay);
  }

  /** The one that is filled. */
  async #block(): Promise<Uint8Array> {
    if (this.#free.length === 0 && this.#made < BLOCKS) {
      this.#free.push(sharedMemory(BLOCK_BYTES));
      this.#made++;
    }
    for (;;) {
      const [block] = this.#free;
      if (block !== undefined) return block;
      await this.#underWay.values().next().value;
    }
  }

  #hand(): void {
    const block = this.#free.shift();
    if (block === undefined) return;
    const use = async (): Promise<void> => {
      await this.#use(block.subarray(0, this.#filled));
      this.#underWay.delete(used);
      this.#free.push(block);
    };
    const used = use();
    // A failure stays, and is thrown by the next call that waits.
    used.catch(() => {});
    this.#underWay.add(used);
    this.#filled = 0;
  }
}
