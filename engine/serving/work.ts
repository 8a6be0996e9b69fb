/** The work of a request: its number of pictures, and their estimated duration. */
export class Work {
  /** For all its pictures; undefined if nothing is known. */
  seconds: number | undefined;
  readonly #pictures: number;
  #drawn = 0;
  #spentMs = 0;
  #begunMs: number | undefined;

  constructor(pictures: number) {
    this.#pictures = pictures;
  }

  get picturesLeft(): number {
    return this.#pictures - this.#drawn;
  }

  get isDone(): boolean {
    return this.picturesLeft <= 0;
  }

  /** Seconds per picture; 0 if nothing is known. */
  get ofPicture(): number {
    return (this.seconds ?? 0) / this.#pictures;
  }

  /** It gets the device. */
  begin(nowMs: number): void {
    this.#begunMs = nowMs;
  }

  pause(nowMs: number): void {
    this.#spentMs = this.#spent(nowMs);
    this.#begunMs = undefined;
  }

  finishPicture(): void {
    this.#drawn++;
  }

  /** Seconds of device time that it still needs. */
  left(nowMs: number): number {
    return Math.max(0, (this.seconds ?? 0) - this.#spent(nowMs) / 1000);
  }

  /** The same for the current picture only. */
  leftOfPicture(nowMs: number): number {
    const later = (this.picturesLeft - 1) * this.ofPicture;
    return Math.max(0, this.left(nowMs) - later);
  }

  #spent(nowMs: number): number {
    return this.#spentMs + (this.#begunMs === undefined ? 0 : nowMs - this.#begunMs);
  }
}

/** Work and its caller. */
interface Owned {
  readonly callerId: string;
  readonly work: Work;
}

/**
 * Seconds until everything is drawn. `inFront` is the caller's own work before it, and the work of others: each of
 * these draws one picture for each of the caller's, as long as it has any.
 */
export function secondsUntilDone(
  { callerId, work }: Owned,
  inFront: readonly Owned[],
  nowMs: number,
): number {
  const { own = [], ...others } = Object.groupBy(inFront, (each) =>
    each.callerId === callerId ? "own" : `other ${each.callerId}`,
  );
  const before = own.map((each) => each.work);
  const pictures = sum([work, ...before].map(({ picturesLeft }) => picturesLeft));
  const between = Object.values(others).map((theirs = []) => {
    const longest = Math.max(...theirs.map((each) => each.work.ofPicture));
    return Math.min(sum(theirs.map((each) => each.work.left(nowMs))), pictures * longest);
  });
  return sum([...[work, ...before].map((each) => each.left(nowMs)), ...between]);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
