import { expect, test } from "vitest";
import { createTokenizer, MAX_TEXT_LENGTH } from "../../../engine/tokenizer/tokenizer.ts";
import { readVocabulary } from "../../../engine/tokenizer/vocabulary.ts";
import { CLIP, readFolder } from "./tokenizer-folder.ts";

const [CAT, HOUSE] = ["<cat-toy>", "House"];

/** The reference vocabulary with two textual inversions, of three and of two vectors. */
const files = readFolder("test/golden/tiny-sd2-v/snapshot/tokenizer").set(
  "added_tokens.json",
  JSON.stringify({
    [CAT]: 770,
    [`${CAT}_1`]: 771,
    [`${CAT}_2`]: 772,
    [HOUSE]: 773,
    [`${HOUSE}_1`]: 774,
    "<one>": 775,
    [`${CAT}_4`]: 776,
  }),
);
const tokenizer = createTokenizer(readVocabulary(files), CLIP);
const learned = (text: string): number[] => [...tokenizer.encodeAll(text)].filter((id) => id > 769);

test.each([
  ["a <cat-toy>", [770, 771, 772]],
  ["<cat-toy><cat-toy>", [770, 771, 772, 770, 771, 772]],
  ["<one> <cat-toy>_4", [775, 776]],
  ["<cat-toy>_1", [771]],
  // diffusers replaces text: the first vector stands for all of them even inside another name.
  ["<cat-toy> <cat-toy>_1", [770, 771, 772, 770, 771, 772]],
  ["House <cat-toy>", [773, 774, 770, 771, 772]],
  // It is recognised regardless of case, but replaced only in the exact spelling.
  ["hOUSE", [773]],
])("%s stands for %j", (text, ids) => {
  expect(learned(text)).toEqual(ids);
});

test("the vectors count as tokens, and are cut where their token starts", () => {
  const fish = "two fish, ".repeat(30);
  const room = tokenizer.encode(fish.repeat(3)).cutAt ?? 0;
  const text = `${fish.repeat(3).slice(0, room - 1)}<cat-toy>`;
  const { count, cutAt } = tokenizer.encode(text);
  expect(count).toBeGreaterThan(75);
  expect(text.slice(cutAt)).toBe("<cat-toy>");
});

test("refuses a text that would be too long when it is expanded", () => {
  const text = "<cat-toy>".repeat(MAX_TEXT_LENGTH / 10);
  expect(() => tokenizer.encode(text)).toThrow("longer with its textual inversions written out");
});
