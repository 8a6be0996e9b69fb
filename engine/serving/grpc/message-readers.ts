/** Number of calls whose first message is read at a time; together with the limit of a message it limits memory. */
const READERS = 16;

/** Time limit for receiving a message, as for REST. */
const LONGEST_MS = 30_000;

/** Slower calls are dropped while others wait. */
const SLOW_MS = 1000;

/** How often slow calls are looked for while others wait. */
const LOOK_MS = 250;

interface Reader {
  readonly sinceMs: number;
  readonly end: () => void;
  readonly limit: NodeJS.Timeout;
}

/**
 * Limits how many calls' messages are read at a time. Further calls wait with their bytes in the network, since gRPC
 * has flow control; clients that send half a message and stop are dropped if others wait.
 */
export class MessageReaders {
  readonly #readers = new Set<Reader>();
  readonly #waiting = new Set<() => void>();
  #looking: NodeJS.Timeout | undefined;

  /**
   * Calls `begin` when it is this call's turn, and `end` if it is too slow. The returned function is to be called when
   * its message has arrived or the call is gone.
   */
  enter(begin: () => void, end: () => void): () => void {
    let reader: Reader | undefined;
    const start = (): void => {
      const limit = setTimeout(end, LONGEST_MS).unref();
      reader = { sinceMs: performance.now(), end, limit };
      this.#readers.add(reader);
      begin();
    };
    if (this.#readers.size < READERS) start();
    else {
      this.#waiting.add(start);
      this.#looking ??= setInterval(() => this.#endSlow(), LOOK_MS).unref();
    }
    return () => {
      this.#waiting.delete(start);
      if (reader === undefined || !this.#readers.delete(reader)) return;
      clearTimeout(reader.limit);
      this.#advance();
    };
  }

  #advance(): void {
    for (const start of this.#waiting) {
      if (this.#readers.size >= READERS) return;
      this.#waiting.delete(start);
      start();
    }
    clearInterval(this.#looking);
    this.#looking = undefined;
  }

  /** Ends as many slow calls as there are waiting ones, oldest first. */
  #endSlow(): void {
    const slow = [...this.#readers].filter(({ sinceMs }) => performance.now() - sinceMs > SLOW_MS);
    for (const { end } of slow.slice(0, this.#waiting.size)) end();
  }
}
