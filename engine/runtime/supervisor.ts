import type { Tensors } from "../pipeline/session.ts";
import { InferenceClient, type LibraryFolder } from "./inference-client.ts";
import type { Request } from "./messages.ts";

/** How long a step may still run after a cancel before its process is replaced: the promise is 2 s. */
const GRACE_MS = 1200;

/** Keeps one inference process: starts it when it is needed, and anew when it has died. */
export class Supervisor {
  readonly #libraries: LibraryFolder | undefined;
  #client: InferenceClient | undefined;
  #epoch = 0;

  constructor(libraries?: LibraryFolder) {
    this.#libraries = libraries;
  }

  /** Starts the process where none runs, so that the first request need not wait for that. */
  start(): void {
    this.#living();
  }

  /** A number for the process that the next request goes to; sessions of an earlier one are gone. */
  epoch(): number {
    this.#living();
    return this.#epoch;
  }

  /** Whether sessions opened in this epoch still exist. */
  isCurrent(epoch: number): boolean {
    return this.#epoch === epoch && this.#client?.isAlive === true;
  }

  /** The running process, for tests that kill it. */
  get pid(): number | undefined {
    return this.#client?.pid;
  }

  /**
   * Sends one request; `doing` completes the sentence "… while …". Aborting settles the promise only
   * when the device is free: after the running call, or by ending the process.
   */
  async request(request: Request, doing: string, signal?: AbortSignal): Promise<Tensors> {
    signal?.throwIfAborted();
    const client = this.#living();
    let timer: NodeJS.Timeout | undefined;
    const onAbort = (): void => {
      timer = setTimeout(() => client.kill(), GRACE_MS);
    };
    signal?.addEventListener("abort", onAbort, { once: true });
    try {
      return await client.request(request, doing);
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
      signal?.throwIfAborted();
    }
  }

  /** Ends the process; the next request starts another. */
  close(): void {
    this.#client?.kill();
    this.#client = undefined;
  }

  #living(): InferenceClient {
    if (this.#client?.isAlive === true) return this.#client;
    this.#epoch++;
    this.#client = new InferenceClient(this.#libraries);
    return this.#client;
  }
}
