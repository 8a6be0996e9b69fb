import { expect, test } from "vitest";
import { readSearch } from "../../../../engine/contract/gallery-search.ts";
import { completionsOf } from "../../../../renderer/gallery/filters/completions.ts";
import { NO_FACETS } from "../../../../renderer/gallery/filters/filters.tsx";

const FACETS = {
  ...NO_FACETS,
  models: [
    { name: "SD 2.1", count: 3 },
    { name: "starter", count: 1 },
  ],
  targets: [
    { name: "local", count: 3 },
    { name: "abc", count: 1 },
  ],
};

const nameOf = (target: string) => (target === "abc" ? "Edge" : "This computer");

test.each([
  ["castle ", []],
  ["st", ["steps:", "strength:", "style:"]],
  ["castle see", ["castle seed:"]],
  ["sampler:eu", ["euler", "euler-karras", "euler-ancestral"].map((name) => `sampler:${name} `)],
  ["a model:s", ['a model:"SD 2.1" ', "a model:starter "]],
  ['a model:"SD', ['a model:"SD 2.1" ']],
  ["model:starter", []],
  ["steps:3", []],
  ["nothing:e", []],
  ["cache-", ["cache-interval:"]],
  ["guidance-interval:0-0.8", []],
  ["guidance-interval:0", ["guidance-interval:0-0.8 ", "guidance-interval:0-0.6 "]],
  ["resize:c", ["resize:crop "]],
  ["target:e", ["target:abc "]],
  ["target:a", ["target:abc "]],
  ["li", []],
])("%j is completed by %j", (typed, searches) => {
  expect(completionsOf(typed, FACETS, nameOf).map(({ search }) => search)).toEqual(searches);
});

test("an empty search offers every setting, with an example each", () => {
  const searches = completionsOf("", FACETS).map(({ search }) => search);
  expect(searches).toEqual(expect.arrayContaining(["seed:", "model:", "sampler:"]));
  expect(searches).not.toContain("like:");
});

test("a completed value is read as it was offered", () => {
  const [first] = completionsOf("model:sd", FACETS);
  expect(readSearch(first?.search ?? "").terms).toEqual([{ name: "model", text: "SD 2.1" }]);
});
