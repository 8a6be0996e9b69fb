import { setTimeout as delay } from "node:timers/promises";

/**
 * Reads a source whether or not its output is consumed, so that a slow client does not hold the device. The latest
 * `limit` items are kept for the consumer. Yields undefined whenever nothing arrived for `silenceMs`.
 */
export async function* relay<T extends object>(
  source: AsyncIterable<T>,
  { limit, silenceMs }: { readonly limit: number; readonly silenceMs: number },
): AsyncGenerator<T | undefined, void> {
  const mailbox = new Mailbox<T>(limit);
  void mailbox.fill(source);
  for (;;) {
    const item = mailbox.take();
    if (item !== undefined) yield item;
    else if (mailbox.isClosed) return;
    else if (!(await mailbox.hasNewsWithin(silenceMs))) yield undefined;
  }
}

class Mailbox<T extends object> {
  readonly #limit: number;
  readonly #items: T[] = [];
  #end: { readonly error?: unknown } | undefined;
  #wake: () => void = () => {};

  constructor(limit: number) {
    this.#limit = limit;
  }

  async fill(source: AsyncIterable<T>): Promise<void> {
    try {
      for await (const item of source) this.#put(item);
      this.#end = {};
    } catch (error) {
      this.#end = { error };
    }
    this.#wake();
  }

  #put(item: T): void {
    if (this.#items.length >= this.#limit) this.#items.shift();
    this.#items.push(item);
    this.#wake();
  }

  /** Removes and returns the oldest item; undefined if there is none. After the last one, throws the source's error. */
  take(): T | undefined {
    const item = this.#items.shift();
    if (item === undefined && this.#end !== undefined && "error" in this.#end)
      throw this.#end.error;
    return item;
  }

  get isClosed(): boolean {
    return this.#end !== undefined && this.#items.length === 0;
  }

  /** Waits for an item, or for the end; false if nothing happened for this long. */
  async hasNewsWithin(ms: number): Promise<boolean> {
    const timer = new AbortController();
    const news = new Promise<true>((resolve) => {
      this.#wake = () => resolve(true);
    });
    const silence = delay(ms, false as const, { signal: timer.signal });
    try {
      return await Promise.race([news, silence]);
    } finally {
      timer.abort();
    }
  }
}
