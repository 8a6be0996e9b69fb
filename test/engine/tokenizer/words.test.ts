import { expect, test } from "vitest";
import { splitWords } from "../../../engine/tokenizer/words.ts";

test.each([
  ["a photo", ["a", "photo"]],
  ["don't we'll 'sun", ["don", "'t", "we", "'ll", "'s", "un"]],
  ["1girl 8k ½²", ["1", "girl", "8", "k", "½", "²"]],
  ["(x:1.2)--'", ["(", "x", ":", "1", ".", "2", ")--'"]],
  ["日本語のฉัน", ["日本語のฉ", "ั", "น"]],
  ["<|endoftext|>!<|startoftext|>", ["<|", "endoftext", "|>", "!<|", "startoftext", "|>"]],
  ["\ufeff\u0085\u200b", ["\ufeff", "\u200b"]],
  ["a\u{2b73a}b", ["a", "\u{2b73a}", "b"]],
  [" \n", []],
])("splits %j", (text, words) => {
  expect(splitWords(text).map((word) => word.text)).toEqual(words);
});

test("says where words are", () => {
  expect(splitWords("  a <|endoftext|>").map(({ at }) => at)).toEqual([2, 4, 6, 15]);
});
