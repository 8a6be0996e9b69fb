/** Calls whose first message is read at a time: with a message's limit this is what they hold in memory. */
const READERS = 16;

/** Until a message is there as a whole, as REST has it. */
const LONGEST_MS = 30_000;

/** A reader that is slower than this gives way where others wait. */
const SLOW_MS = 1000;

/** How often slow readers are looked for while others wait. */
const LOOK_MS = 250;

interface Reader {
  readonly sinceMs: number;
  readonly end: () => void;
  readonly limit: NodeJS.Timeout;
}

/**
 * Whose messages are read. Those beyond wait with their bytes in the network, since gRPC has flow control; clients
 * that send half a message and stop give way to who waits.
 */
export class MessageReaders {
  readonly #readers = new Set<Reader>();
  readonly #waiting = new Set<() => void>();
  #looking: NodeJS.Timeout | undefined;

  /** Calls `begin` when it is this call's turn, `end` where it is too slow. Gives what is called when its message is there, or it is gone. */
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

  /** As many as there are who wait, the oldest first. */
  #endSlow(): void {
    const slow = [...this.#readers].filter(({ sinceMs }) => performance.now() - sinceMs > SLOW_MS);
    for (const { end } of slow.slice(0, this.#waiting.size)) end();
  }
}
