/** Pauses before the first, second, … restart in a row. */
const PAUSES_MS = [0, 1000, 3000, 10_000];

/** Crashes further apart than this are unrelated. */
const ROW_MS = 60_000;

/** Decides how long to wait before a crashed process is restarted, and when to give up. */
export class BackOff {
  readonly #now: () => number;
  #deaths: number[] = [];

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** It crashed: returns the pause before the next start, or undefined if it keeps crashing. */
  died(): number | undefined {
    const now = this.#now();
    this.#deaths = [...this.#deaths.filter((at) => now - at < ROW_MS), now];
    return PAUSES_MS[this.#deaths.length - 1];
  }

  /** A person wants to try again. */
  forget(): void {
    this.#deaths = [];
  }
}
