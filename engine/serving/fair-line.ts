/** A waiting request and its caller. */
export interface Waiter {
  /** The unit of fairness. */
  readonly callerId: string;
}

/** More callers than there can be keys; the one that was served longest ago is forgotten first. */
const REMEMBERED = 2000;

/**
 * A queue of limited length that is fair to callers: they are served in turn, each in the order of its own requests. If
 * it is full, a caller with at least two places fewer than another takes that one's latest place. A request that was
 * served and comes back is placed before its caller's others and takes no place.
 */
export class FairLine<W extends Waiter> {
  readonly #servedAt = new Map<string, number>();
  readonly #back = new Set<W>();
  #turns = 0;
  #waiters: W[] = [];

  /** Number of requests that wait for their first turn. */
  get length(): number {
    return this.#waiters.length - this.#back.size;
  }

  /** Takes one of at most `length` places. Returns the request that lost its place, or `full` if none can be had. */
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

  /** In the order in which they will be served if no more arrive. */
  inOrder(): readonly W[] {
    const servedAt = new Map(this.#servedAt);
    const left = [...this.#waiters];
    return Array.from({ length: left.length }).flatMap((_, turn) => {
      const next = nextOf(left, servedAt);
      servedAt.set(left[next]?.callerId ?? "", this.#turns + turn + 1);
      return left.splice(next, 1);
    });
  }

  /** Removes and returns the first request that may go. */
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

/** The index of the first request of the caller that was served longest ago. */
function nextOf(waiters: readonly Waiter[], servedAt: ReadonlyMap<string, number>): number {
  const turns = waiters.map(({ callerId }) => servedAt.get(callerId) ?? 0);
  return turns.indexOf(Math.min(...turns));
}
