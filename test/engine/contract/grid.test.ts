import { assert, constantFrom, property, string } from "fast-check";
import { expect, test } from "vitest";
import {
  AXIS_SETTINGS,
  cellRequests,
  MAX_CELLS,
  parseValues,
  wrongValue,
} from "../../../engine/contract/grid.ts";

test.each([
  ["steps", "10,20", ["10", "20"]],
  ["guidance", "5:9:2", ["5", "7", "9"]],
  ["guidance", "0.1:0.3:0.1", ["0.1", "0.2", "0.3"]],
  ["seed", "1:4", ["1", "2", "3", "4"]],
  ["steps", " 10 , 20:22 ,, ", ["10", "20", "21", "22"]],
  ["prompt", 'cat, "dog, small", "a ""bird"""', ["cat", "dog, small", 'a "bird"']],
  ["model", "a:b:c", ["a:b:c"]],
  ["steps", "", undefined],
  ["steps", "9:5", undefined],
  ["steps", "1:1000000", undefined],
  ["steps", "1:5:0", undefined],
] as const)("%s of %j", (setting, text, values) => {
  expect(parseValues(setting, text)).toEqual(values);
});

test("any text is values within the limit, or none", () => {
  const typed = string({ unit: constantFrom("1", "9", ":", ".", ",", '"', " ", "x", "0") });
  assert(
    property(constantFrom(...AXIS_SETTINGS), typed, (setting, text) => {
      expect(parseValues(setting, text)?.length ?? 1).toBeLessThanOrEqual(MAX_CELLS);
    }),
  );
});

test("cells go row by row, and each is one picture of its own values", () => {
  const grid = {
    x: { setting: "steps", values: ["5", "10"] },
    y: { setting: "prompt", values: ["cat", "dog"] },
  } as const;
  const cells = cellRequests(
    { prompt: "a cat", seed: "7", count: 4 },
    { x: { ...grid.x, values: [...grid.x.values] }, y: { ...grid.y, values: [...grid.y.values] } },
  );
  expect(cells.map(({ column, row, request }) => [column, row, request])).toEqual([
    [0, 0, { prompt: "a cat", negativePrompt: "", seed: "7", count: 1, steps: 5 }],
    [1, 0, { prompt: "a cat", negativePrompt: "", seed: "7", count: 1, steps: 10 }],
    [0, 1, { prompt: "a dog", negativePrompt: "", seed: "7", count: 1, steps: 5 }],
    [1, 1, { prompt: "a dog", negativePrompt: "", seed: "7", count: 1, steps: 10 }],
  ]);
});

test.each([
  ["steps", ["10", "0"], "0"],
  ["steps", ["ten"], "ten"],
  ["guidance", ["7.5", "-1"], "-1"],
  ["seed", ["18446744073709551616"], "18446744073709551616"],
  ["sampler", ["ddim", "magic"], "magic"],
  ["preset", ["fast", "exact"], undefined],
  ["size", ["512x512", "512×768"], undefined],
  ["size", ["512x513"], "512x513"],
  ["prompt", ["bird", "dog"], "bird"],
  ["style", ["none", "Pencil"], undefined],
  ["strength", ["0.5", "2"], "2"],
] as const)("%s takes %j but for %j", (setting, values, wrong) => {
  expect(wrongValue({ setting, values: [...values] }, { prompt: "a cat" })).toBe(wrong);
});
