import * as fc from "fast-check";
import { expect, test } from "vitest";
import { depthOf } from "../../../engine/server/bodies.ts";

function depthOfValue(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOfValue));
}

test("the depth of a text is the depth of its value", () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 8 }), (text) => {
      expect(depthOf(text)).toBe(depthOfValue(JSON.parse(text)));
    }),
  );
});

test.each([
  ['"[[["', 0],
  ['"a\\"[["', 0],
  ['["\\\\", []]', 2],
  ['"[[', 0],
  ["[[[", 3],
  ["]]][", 1],
  ["", 0],
])("%j is %i deep", (text, depth) => {
  expect(depthOf(text)).toBe(depth);
});
