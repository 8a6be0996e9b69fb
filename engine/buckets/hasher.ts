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

/** Hashes one sequence of bytes at a time. */
export interface Hasher extends AsyncDisposable {
  /** Starts a new sequence. */
  begin(order: HashOrder): void;
  /** Adds bytes, which must not change until the promise resolves. */
  add(block: Uint8Array): Promise<void>;
  /** The hashes of every part, including a shorter last one; no bytes make one empty part. */
  finish(): Promise<readonly Digests[]>;
}

/** Hashing fewer bytes is faster than starting a thread. */
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
 * Hashes in a separate thread, so that reading, sending and the studio continue meanwhile: MD5, which S3 uses, is
 * slower than the disk. The thread starts with the first bytes; shared memory is not copied.
 */
class HashThread implements Hasher {
  readonly #waiting: Waiting[] = [];
  #worker: Worker | undefined;
  #failure: Error | undefined;

  begin(order: HashOrder): void {
    // The next call throws the failure.
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
    // Only a pending call keeps the process alive.
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

/** Memory that a thread can access without a copy. */
export function sharedMemory(bytes: number): Uint8Array {
  return Buffer.from(new SharedArrayBuffer(bytes));
}

const BLOCK_BYTES = 1 << 20;
const BLOCKS = 4;

/**
 * Collects small pieces from the network in blocks of shared memory, and passes on full blocks while the next ones
 * fill. A block is reused when `use` is done with it.
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

  /** Copies a piece. Rejects if `use` did. */
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

  /** Passes on the rest and waits for everything. */
  async flush(): Promise<void> {
    if (this.#filled > 0) this.#hand();
    await Promise.all(this.#underWay);
  }

  /** The block that is being filled. */
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
    // A failure is kept, and thrown by the next call that waits.
    used.catch(() => {});
    this.#underWay.add(used);
    this.#filled = 0;
  }
}
