import * as fc from "fast-check";
import { expect, test } from "vitest";
import { type Merges, JOINED, joinPairs, pairKey } from "../../../engine/tokenizer/byte-pairs.ts";

const LETTERS = 4;

/** Rules over a few letters; each makes a new symbol, which later rules may use. */
const anyMerges = fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 30 }).map((pairs): Merges => {
  const keys = pairs.map(([a, b], rank) => pairKey(a % (LETTERS + rank), b % (LETTERS + rank)));
  return {
    ranks: new Map(keys.map((key, rank) => [key, rank])),
    results: Int32Array.from(pairs, (_, rank) => LETTERS + rank),
  };
});
const anyWord = fc.array(fc.nat({ max: LETTERS - 1 }), { maxLength: 60 });

test("joins as defined: always the leftmost pair of the lowest rank", () => {
  fc.assert(
    fc.property(anyWord, anyMerges, (word, merges) => {
      const symbols = Int32Array.from(word);
      joinPairs(symbols, merges);
      expect([...symbols].filter((id) => id !== JOINED)).toEqual(byDefinition(word, merges));
    }),
    { numRuns: 500 },
  );
});

test("leaves a joined symbol at the place of its first byte", () => {
  const merges = { ranks: new Map([[pairKey(0, 1), 0]]), results: Int32Array.of(9) };
  const symbols = Int32Array.of(1, 0, 1, 0);
  joinPairs(symbols, merges);
  expect([...symbols]).toEqual([1, 9, JOINED, 0]);
});

function byDefinition(word: readonly number[], { ranks, results }: Merges): number[] {
  const symbols = [...word];
  for (;;) {
    const found = symbols
      .slice(1)
      .map((right, at) => ranks.get(pairKey(symbols[at]!, right)) ?? Infinity);
    const lowest = Math.min(...found);
    if (lowest === Infinity) return symbols;
    symbols.splice(found.indexOf(lowest), 2, results[lowest]!);
  }
}
