import type { Tensors } from "../pipeline/session.ts";
import { InferenceClient, type LibraryFolder } from "./inference-client.ts";
import type { Request } from "./messages.ts";

/** How long a step may continue after a cancel before its process is replaced; users are promised 2 s. */
const GRACE_MS = 1200;

/** Manages one inference process: starts it when needed, and again after it died. */
export class Supervisor {
  readonly #libraries: LibraryFolder | undefined;
  #client: InferenceClient | undefined;
  #epoch = 0;

  constructor(libraries?: LibraryFolder) {
    this.#libraries = libraries;
  }

  /** Starts the process if none runs, so that the first request does not wait for it. */
  start(): void {
    this.#living();
  }

  /** Identifies the process that the next request goes to; sessions of earlier epochs no longer exist. */
  epoch(): number {
    this.#living();
    return this.#epoch;
  }

  /** Whether sessions created in this epoch still exist. */
  isCurrent(epoch: number): boolean {
    return this.#epoch === epoch && this.#client?.isAlive === true;
  }

  /** The running process; tests kill it. */
  get pid(): number | undefined {
    return this.#client?.pid;
  }

  /**
   * Sends one request; `doing` completes the sentence "… while …". After an abort the promise settles only when the
   * device is free: when the running call ends, or when the process was ended.
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
