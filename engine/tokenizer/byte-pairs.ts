import { MinHeap } from "./heap.ts";

/** More than there are ids, ranks, or bytes in a word, so that two of them make one exact number. */
const BASE = 2 ** 20;

/** In place of a symbol that was joined to the one before it. */
export const JOINED = -1;

/** The rules of a vocabulary: which neighbours join (by `pairKey`) at which rank, and into which id. */
export interface Merges {
  readonly ranks: ReadonlyMap<number, number>;
  readonly results: Int32Array;
}

/** One number for two neighbouring ids. */
export function pairKey(left: number, right: number): number {
  return left * BASE + right;
}

/**
 * Joins neighbours in place until no rule applies: the lowest rank first, then the leftmost. What a
 * symbol swallowed reads JOINED. Takes n log n steps.
 */
export function joinPairs(symbols: Int32Array, { ranks, results }: Merges): void {
  const next = Int32Array.from(symbols, (_, at) => at + 1);
  const previous = Int32Array.from(symbols, (_, at) => at - 1);
  const queue = new MinHeap();
  const rankAt = (at: number): number | undefined => {
    const left = symbols[at];
    const right = symbols[next[at] ?? symbols.length];
    return left === undefined || right === undefined ? undefined : ranks.get(pairKey(left, right));
  };
  const propose = (at: number): void => {
    const rank = rankAt(at);
    if (rank !== undefined) queue.push(rank * BASE + at);
  };

  for (const at of symbols.keys()) propose(at);
  for (let best = queue.pop(); best !== undefined; best = queue.pop()) {
    const at = best % BASE;
    const rank = Math.floor(best / BASE);
    const result = results[rank];
    // The neighbours may have changed since they were proposed.
    if (result === undefined || rankAt(at) !== rank) continue;
    const right = next[at] ?? symbols.length;
    const beyond = next[right] ?? symbols.length;
    symbols[at] = result;
    symbols[right] = JOINED;
    next[at] = beyond;
    if (beyond < symbols.length) previous[beyond] = at;
    propose(previous[at] ?? JOINED);
    propose(at);
  }
}
