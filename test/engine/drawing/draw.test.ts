import { expect, test } from "vitest";
import { typicalSeconds } from "../../../engine/drawing/draw.ts";

test("the seconds of a step are the median of the last five", () => {
  expect(typicalSeconds([9, 9, 1, 2, 30, 2, 3])).toBe(2);
  expect(typicalSeconds([])).toBe(0);
});

test("if only some steps are complete, a step is the mean of a cycle", () => {
  const alternating = [10, 2, 10, 2, 10, 2, 10];
  expect(typicalSeconds(alternating, 2)).toBe(6);
  expect(typicalSeconds(alternating.slice(0, 1), 2)).toBe(10);
  expect(typicalSeconds([10, 1, 1, 10, 1], 3)).toBe(4);
});
