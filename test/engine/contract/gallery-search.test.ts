import * as fc from "fast-check";
import { expect, test } from "vitest";
import { readSearch, SEARCH_TERMS, writeTerm } from "../../../engine/contract/gallery-search.ts";

test.each([
  ["castle", "castle", []],
  ["steps:30", "", [{ name: "steps", comparison: "=", number: 30 }]],
  ["guidance:>=7.5", "", [{ name: "guidance", comparison: ">=", number: 7.5 }]],
  [
    "castle STEPS:<20 at night",
    "castle at night",
    [{ name: "steps", comparison: "<", number: 20 }],
  ],
  ['model:"SD 2.1"', "", [{ name: "model", text: "SD 2.1" }]],
  ['model:"SD 2', "", [{ name: "model", text: "SD 2" }]],
  ["sampler:dpm++2m", "", [{ name: "sampler", text: "dpm++2m" }]],
  ["size:768x512", "", [{ name: "size", width: 768, height: 512 }]],
  ["size:768", "", [{ name: "size", unreadable: "768" }]],
  ["steps:many", "", [{ name: "steps", unreadable: "many" }]],
  ["fish guidance-interval:0-0.8", "fish", [{ name: "guidance-interval", text: "0-0.8" }]],
  ["cache-interval:>1", "", [{ name: "cache-interval", comparison: ">", number: 1 }]],
  ["half-size:8x8", "half-size:8x8", []],
  ["sampler:>ddim", "", [{ name: "sampler", unreadable: ">ddim" }]],
  // While it is being typed.
  ["steps:", "", []],
  ["steps:>", "", []],
  // Words that only look like a setting.
  ["35mm:1.2 note: this", "35mm:1.2 note: this", []],
  ["footsteps:30", "footsteps:30", []],
])("%s", (typed, words, terms) => {
  const read = readSearch(typed);
  expect(read.words.trim().replaceAll(/\s+/g, " ")).toBe(words);
  expect(read.terms).toEqual(terms);
});

test("a written term is read back unchanged, whatever is typed around it", () => {
  const names = Object.keys(SEARCH_TERMS);
  fc.assert(
    fc.property(fc.string(), (typed) => {
      const { terms } = readSearch(typed);
      expect(terms.every(({ name }) => names.includes(name))).toBe(true);
    }),
  );
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), (value) => {
      const spoken = value.replaceAll('"', "");
      fc.pre(!/^[<>=]/.test(spoken) && spoken !== "");
      expect(readSearch(writeTerm("model", value)).terms).toEqual([
        { name: "model", text: spoken },
      ]);
    }),
  );
});
