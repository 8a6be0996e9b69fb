import { MinHeap } from "./heap.ts";

/** Larger than the number of ids, ranks and bytes in a word, so that two of them fit into one exact number. */
const BASE = 2 ** 20;

/** Marks a symbol that was merged into the one before it. */
export const JOINED = -1;

/** The merges of a vocabulary: the rank and the resulting id of each pair of neighbours, by `pairKey`. */
export interface Merges {
  readonly ranks: ReadonlyMap<number, number>;
  readonly results: Int32Array;
}

/** One number for a pair of neighbouring ids. */
export function pairKey(left: number, right: number): number {
  return left * BASE + right;
}

/**
 * Merges neighbours in place until no merge applies: lowest rank first, then leftmost. Merged symbols become JOINED.
 * Takes O(n log n).
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
    // Neighbours may have changed since this merge was queued.
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
