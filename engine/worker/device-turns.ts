/** Who draws on the device: what was asked for in the studio, or at its inference server. */
export type Drawer = "studio" | "server";

interface Waiter {
  readonly drawer: Drawer;
  readonly begin: () => void;
}

/**
 * One device, one picture at a time. Where both wait, they take turns picture by picture, and the
 * studio begins; inside each, who came first is first.
 */
export class DeviceTurns {
  #holder: Drawer | undefined;
  #last: Drawer = "server";
  #waiters: readonly Waiter[] = [];
  readonly #afterwards = new Map<Drawer, () => void>();

  /** Who draws now. */
  get holder(): Drawer | undefined {
    return this.#holder;
  }

  /** Waits for the device and has it while `work` runs. Rejects with the signal's reason where that comes first. */
  async run<T>(drawer: Drawer, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const release = await this.take(drawer, signal);
    try {
      return await work();
    } finally {
      release();
    }
  }

  /** The same for work that is not one call: gives how to let go of the device. */
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
   * Runs something that must not meet a picture: now, or as soon as the device is free and nobody waits. Of
   * each drawer the latest is done.
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
