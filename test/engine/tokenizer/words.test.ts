import * as fc from "fast-check";
import { expect, test } from "vitest";
import { normalizeText, splitWords } from "../../../engine/tokenizer/words.ts";

test("knows where every unit came from", () => {
  expect(normalizeText("A\u030a \t İx")).toEqual({
    text: "å i\u0307x",
    origins: [0, 2, 5, 5, 6],
  });
});

test("normalizes letters and the marks of Unicode 9 as NFC does", () => {
  const letters = fc.constantFrom(...Array.from("aeoÅἀαकগกא한가ᄀᄒ=<"));
  const marks = fc.integer({ min: 0x300, max: 0x36f }).map((code) => String.fromCodePoint(code));
  const others = fc.constantFrom(
    ...Array.from("\u1161\u1175\u11a8\u11c2\u05b0\u093c\u09be\u09d7\u0f71\u3099"),
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(letters, marks, others)), (parts) => {
      const text = parts.join("");
      expect(normalizeText(text).text).toBe(text.normalize("NFC").toLowerCase());
    }),
  );
});

test("leaves marks since Unicode 10 in place, as the reference does", () => {
  expect(normalizeText("x\u0315\u07fd").text).toBe("x\u0315\u07fd");
});

test("replaces every sigma by the ordinary one", () => {
  expect(normalizeText("ΟΔΟΣ").text).toBe("οδοσ");
});

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

test("returns the positions of words", () => {
  expect(splitWords("  a <|endoftext|>").map(({ at }) => at)).toEqual([2, 4, 6, 15]);
});
