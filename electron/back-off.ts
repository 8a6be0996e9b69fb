/** Pauses before a first, second, … restart in a row. */
const PAUSES_MS = [0, 1000, 3000, 10_000];

/** Deaths further apart than this have nothing to do with each other. */
const ROW_MS = 60_000;

/** Decides how long to wait before something that died is started again, and when to stop trying. */
export class BackOff {
  readonly #now: () => number;
  #deaths: number[] = [];

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** It died just now: the pause before the next start, or undefined where it keeps dying. */
  died(): number | undefined {
    const now = this.#now();
    this.#deaths = [...this.#deaths.filter((at) => now - at < ROW_MS), now];
    return PAUSES_MS[this.#deaths.length - 1];
  }

  /** Somebody wants it tried anew. */
  forget(): void {
    this.#deaths = [];
  }
}
