import { expect, test } from "vitest";
import { readModel, STARTER } from "../../../engine/drawing/read-model.ts";
import { tokenCounter } from "../../../engine/drawing/token-counter.ts";

const { snapshot } = await readModel(STARTER, "float32");
const count = tokenCounter(snapshot);

test("counts the tokens of the text alone", () => {
  expect([count(""), count("two purple fish")]).toEqual([
    { count: 0, limit: 75 },
    { count: 3, limit: 75 },
  ]);
});

test("says from which place nothing is read, in UTF-16 units", () => {
  const read = "🐟".length + " fish".repeat(74).length;
  const { cutAt, count: tokens } = count(`🐟${" fish".repeat(80)}`);
  expect(tokens).toBeGreaterThan(75);
  expect(cutAt).toBeLessThanOrEqual(read);
  expect(count(`🐟${" fish".repeat(80)}`.slice(0, cutAt)).count).toBe(75);
});
