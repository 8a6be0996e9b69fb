import { DatabaseSync } from "node:sqlite";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { MIGRATIONS } from "../../../engine/gallery/open-index.ts";
import { indexedText, searchQuery } from "../../../engine/gallery/search-words.ts";

/** A real index of these prompts; a search returns the numbers of the matching ones. */
function indexOf(prompts: readonly string[]) {
  const database = new DatabaseSync(":memory:");
  database.exec(MIGRATIONS[0]!.sql);
  const insert = database.prepare(
    "INSERT INTO texts (rowid, prompt, negative_prompt) VALUES (?, ?, '')",
  );
  for (const [i, prompt] of prompts.entries()) insert.run(i, indexedText(prompt));
  const find = database.prepare("SELECT rowid FROM texts WHERE texts MATCH ? ORDER BY rowid");
  return (typed: string) => {
    const query = searchQuery(typed);
    return query === undefined ? "everything" : find.all(query).map(({ rowid }) => rowid);
  };
}

const search = indexOf([
  "Two purple fish under water",
  "Ein Äpfel-Baum, Öl auf Leinwand",
  "黒い猫が寝ている",
  "a cat's portrait (35mm:1.2)",
  "แมวดำ",
]);

test.each<[string, number[] | "everything"]>([
  ["fish", [0]],
  ["FISH purple", [0]],
  ["fish dog", []],
  ["wat", [0]],
  ["fis water", []],
  ["apfel", [1]],
  ["ÄPFEL", [1]],
  ["ol auf", [1]],
  ["猫", [2]],
  ["い猫", [2]],
  ["猫い", []],
  ["ดำ", [4]],
  ["35mm 1.2", [3]],
  ["cat's", [3]],
  ["", "everything"],
  [' \t!?*"()', "everything"],
])("%j finds %j", (typed, expected) => {
  expect(search(typed)).toEqual(expected);
});

test.each([
  '"',
  "a OR b",
  "NOT fish",
  "prompt:fish",
  "fish AND",
  "NEAR(a b)",
  "a* b^ -c {d}",
  "'; --",
])("%j is words and never syntax", (typed) => expect(() => search(typed)).not.toThrow());

test("any typed text is a query", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 100 }), (typed) => {
      expect(search(typed)).toBeDefined();
    }),
    { numRuns: 500 },
  );
});

test("a text is found by any of its words, and by the start of its last", () => {
  const word = fc.stringMatching(/^[a-zA-Zà-öø-þÀ-ÖØ-Þα-ωА-я0-9一-龥ぁ-ん]{1,12}$/);
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 6 }), fc.nat(), (words, pick) => {
      const find = indexOf([words.join(" ")]);
      const chosen = words[pick % words.length]!;
      const characters = Array.from(chosen);
      const beginning = characters.slice(0, 1 + (pick % characters.length)).join("");
      expect(find(chosen)).toEqual([0]);
      expect(find(`${chosen} ${beginning}`)).toEqual([0]);
    }),
    { numRuns: 60 },
  );
});
