/** Steps that the speed shown is the median of. */
const WINDOW = 5;

/** Times the stages of a run; opening sessions happens in their middle and is told apart. */
export class Stopwatch {
  readonly #now: () => number;
  readonly #loading: () => number;
  #since: number;
  #loadingSince: number;

  /** `now` in seconds; `loading` is how many seconds went into opening sessions so far. */
  constructor(now: () => number, loading: () => number) {
    this.#now = now;
    this.#loading = loading;
    this.#since = now();
    this.#loadingSince = loading();
  }

  /** Ends a stage: its own seconds and those that opening took. The next begins. */
  lap(): { readonly own: number; readonly load: number } {
    const [now, loading] = [this.#now(), this.#loading()];
    const load = loading - this.#loadingSince;
    const own = Math.max(0, now - this.#since - load);
    [this.#since, this.#loadingSince] = [now, loading];
    return { own, load };
  }
}

/** The median of the last steps' seconds: what one step is going to take. */
export function typicalSeconds(steps: readonly number[]): number {
  const sorted = steps.slice(-WINDOW).toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? 0;
}
