/** Somebody who waits, and for whom. */
export interface Waiter {
  /** Whom the line is fair to. */
  readonly callerId: string;
}

/** More callers than keys can be made; whoever was served longest ago is forgotten first. */
const REMEMBERED = 2000;

/**
 * A line of bounded length that is fair to callers: they are served in turn, each in the order of its
 * own requests. Where it is full, one who has fewer places than another by two or more gets the latest of
 * that one's. Who was served and comes back for more stands before its caller's others, and takes no place.
 */
export class FairLine<W extends Waiter> {
  readonly #servedAt = new Map<string, number>();
  readonly #back = new Set<W>();
  #turns = 0;
  #waiters: W[] = [];

  /** How many wait for their first turn. */
  get length(): number {
    return this.#waiters.length - this.#back.size;
  }

  /** Takes a place among at most `length`; gives who lost theirs, or `full` where none is to be had. */
  enter(waiter: W, length: number): W | "full" | undefined {
    if (this.length < length) {
      this.#waiters.push(waiter);
      return undefined;
    }
    const counts = this.#counts();
    const [hog, most] = [...counts].reduce((a, b) => (b[1] > a[1] ? b : a), ["", 0]);
    if (most < (counts.get(waiter.callerId) ?? 0) + 2) return "full";
    const loser = this.#new().findLast(({ callerId }) => callerId === hog);
    if (loser === undefined) return "full";
    this.leave(loser);
    this.#waiters.push(waiter);
    return loser;
  }

  /** Comes back for another turn. */
  comeBack(waiter: W): void {
    this.#back.add(waiter);
    this.#waiters.unshift(waiter);
  }

  leave(waiter: W): void {
    this.#back.delete(waiter);
    this.#waiters = this.#waiters.filter((other) => other !== waiter);
  }

  /** In the order in which they will be served if nobody else comes. */
  inOrder(): readonly W[] {
    const servedAt = new Map(this.#servedAt);
    const left = [...this.#waiters];
    return Array.from({ length: left.length }).flatMap((_, turn) => {
      const next = nextOf(left, servedAt);
      servedAt.set(left[next]?.callerId ?? "", this.#turns + turn + 1);
      return left.splice(next, 1);
    });
  }

  /** Takes the first who may go out of the line. */
  serveNext(mayGo: (waiter: W) => boolean): W | undefined {
    const next = this.inOrder().find(mayGo);
    if (next === undefined) return undefined;
    this.leave(next);
    this.#servedAt.delete(next.callerId);
    this.#servedAt.set(next.callerId, ++this.#turns);
    const [longestAgo] = this.#servedAt.keys();
    if (this.#servedAt.size > REMEMBERED && longestAgo !== undefined) {
      this.#servedAt.delete(longestAgo);
    }
    return next;
  }

  #counts(): Map<string, number> {
    const counts = new Map<string, number>();
    for (const { callerId } of this.#new()) counts.set(callerId, (counts.get(callerId) ?? 0) + 1);
    return counts;
  }

  #new(): W[] {
    return this.#waiters.filter((waiter) => !this.#back.has(waiter));
  }
}

/** Place of the first request of the caller who was served longest ago. */
function nextOf(waiters: readonly Waiter[], servedAt: ReadonlyMap<string, number>): number {
  const turns = waiters.map(({ callerId }) => servedAt.get(callerId) ?? 0);
  return turns.indexOf(Math.min(...turns));
}
