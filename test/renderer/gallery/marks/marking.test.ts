import { expect, test } from "vitest";
import type { Marks } from "../../../../engine/contract/gallery-marks.ts";
import { sharedLabels } from "../../../../renderer/gallery/marks/marking.ts";

function tagged(...tags: string[]): Marks {
  return { rating: 0, tags, albums: [] };
}

test("pictures share the names that all have, in any case", () => {
  const shared = (...all: readonly (Marks | undefined)[]) => sharedLabels(all, "tags");
  expect(shared(tagged("fruit", "red"))).toEqual(["fruit", "red"]);
  expect(shared(tagged("fruit", "red"), tagged("Fruit"))).toEqual(["fruit"]);
  expect(shared(tagged("fruit"), tagged())).toEqual([]);
});

test("of pictures that have not been read, nothing is known to be shared", () => {
  expect(sharedLabels([], "tags")).toEqual([]);
  expect(sharedLabels([tagged("fruit"), undefined], "tags")).toEqual([]);
});
