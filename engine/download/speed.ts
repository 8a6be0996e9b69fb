// Long enough to be steady on an unstable connection, short enough to follow a change.
const WINDOW_MS = 5_000;
const EVERY_MS = 200;

/** Speed and remaining time; null until there is something to measure. */
export interface Speed {
  readonly bytesPerSecond: number | null;
  readonly secondsLeft: number | null;
}

/**
 * Measures speed from byte counts: the mean of the last five seconds of this run, so that bytes of an earlier run do
 * not count.
 */
export class SpeedMeter {
  readonly #now: () => number;
  readonly #samples: { readonly at: number; readonly bytes: number }[] = [];

  /** `now` in milliseconds. */
  constructor(now: () => number) {
    this.#now = now;
  }

  measure(doneBytes: number, totalBytes: number): Speed {
    const at = this.#now();
    const last = this.#samples.at(-1);
    // Work that starts again is not slow.
    if (last && doneBytes < last.bytes) this.#samples.length = 0;
    const isNew = last === undefined || at - last.at >= EVERY_MS || doneBytes >= totalBytes;
    if (isNew) this.#samples.push({ at, bytes: doneBytes });
    while (this.#samples.length > 2 && at - (this.#samples[0]?.at ?? at) > WINDOW_MS) {
      this.#samples.shift();
    }
    const bytesPerSecond = this.#rate();
    const secondsLeft = bytesPerSecond ? (totalBytes - doneBytes) / bytesPerSecond : null;
    return { bytesPerSecond, secondsLeft };
  }

  #rate(): number | null {
    const [first, last] = [this.#samples[0], this.#samples.at(-1)];
    if (!first || !last || last.at <= first.at) return null;
    return ((last.bytes - first.bytes) * 1000) / (last.at - first.at);
  }
}
