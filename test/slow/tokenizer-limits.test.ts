import { expect, test } from "vitest";
import { readVocabulary } from "../../engine/tokenizer/vocabulary.ts";

const TOKENS = { a: 0, b: 1, ab: 2, "<|startoftext|>": 3, "<|endoftext|>": 4 };

function reading(vocab: object, merges: string): () => unknown {
  return () =>
    readVocabulary(
      new Map([
        ["vocab.json", JSON.stringify(vocab)],
        ["merges.txt", merges],
      ]),
    );
}

test("refuses more than a million tokens", () => {
  const many = Array.from({ length: 1_000_001 }, (_, id): [string, number] => [`t${id}`, id]);
  expect(reading(Object.fromEntries(many), "")).toThrow(
    "vocab.json: it has 1000001 tokens, more than 1000000.",
  );
});

test("refuses more than a million merges", () => {
  expect(reading(TOKENS, "a b\n".repeat(1_000_000))).not.toThrow();
  expect(reading(TOKENS, "a b\n".repeat(1_000_001))).toThrow(
    "merges.txt: it has more than 1000000 merges.",
  );
});
