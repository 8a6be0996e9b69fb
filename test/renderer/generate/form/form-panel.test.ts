import { expect, test } from "vitest";
import { namesNoThing } from "../../../../renderer/generate/form/form-panel.tsx";

test.each([
  ["a red car on a road", true],
  ["a category of catfish", true],
  ["a red ball", false],
  ["Two purple fishes, under water", false],
  ["three boxes and two dogs at night", false],
  ["", false],
  ["  7, ", false],
])("%s: names nothing that the built-in model can draw: %s", (prompt, isOther) => {
  expect(namesNoThing(prompt)).toBe(isOther);
});
