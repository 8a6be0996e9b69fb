/** Who draws on the device: requests of the studio, or of its inference server. */
export type Drawer = "studio" | "server";

interface Waiter {
  readonly drawer: Drawer;
  readonly begin: () => void;
}

/**
 * One device, one picture at a time. If both wait, they take turns, the studio first; within each it is first come,
 * first served.
 */
export class DeviceTurns {
  #holder: Drawer | undefined;
  #last: Drawer = "server";
  #waiters: readonly Waiter[] = [];
  readonly #afterwards = new Map<Drawer, () => void>();

  /** Who is drawing now. */
  get holder(): Drawer | undefined {
    return this.#holder;
  }

  /** Waits for the device and holds it while `work` runs. Rejects with the signal's reason if that comes first. */
  async run<T>(drawer: Drawer, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const release = await this.take(drawer, signal);
    try {
      return await work();
    } finally {
      release();
    }
  }

  /** The same for work that is not one call: resolves with the function that releases the device. */
  async take(drawer: Drawer, signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const waiter = { drawer, begin: resolve };
    const onAbort = (): void => {
      this.#waiters = this.#waiters.filter((other) => other !== waiter);
      reject(signal.reason);
    };
    signal.addEventListener("abort", onAbort, { once: true });
    this.#waiters = [...this.#waiters, waiter];
    this.#next();
    await promise;
    signal.removeEventListener("abort", onAbort);
    return () => {
      this.#holder = undefined;
      this.#next();
    };
  }

  /**
   * Runs something that must not overlap with a picture: now, or as soon as the device is free and no picture is
   * waiting. Only the latest of each drawer is run.
   */
  whenFree(drawer: Drawer, work: () => void): void {
    this.#afterwards.set(drawer, work);
    this.#next();
  }

  #next(): void {
    if (this.#holder !== undefined) return;
    const other = this.#last === "studio" ? "server" : "studio";
    const next = this.#waiters.find(({ drawer }) => drawer === other) ?? this.#waiters[0];
    if (next === undefined) {
      const works = [...this.#afterwards.values()];
      this.#afterwards.clear();
      for (const work of works) work();
      return;
    }
    this.#waiters = this.#waiters.filter((waiter) => waiter !== next);
    this.#holder = next.drawer;
    this.#last = next.drawer;
    next.begin();
  }
}
