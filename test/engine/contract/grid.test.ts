import { assert, constantFrom, property, string } from "fast-check";
import { expect, test } from "vitest";
import { parseValues } from "../../../engine/contract/grid-values.ts";
import {
  AXIS_SETTINGS,
  type AxisSetting,
  cellRequests,
  checkGrid,
  MAX_CELLS,
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
  ["steps", "1-5", ["1", "2", "3", "4", "5"]],
  ["steps", "1-5 (+2)", ["1", "3", "5"]],
  ["steps", "10-5 (-3)", ["10", "7"]],
  ["guidance", "1-3 (+0.5)", ["1", "1.5", "2", "2.5", "3"]],
  ["steps", "1-10 [5]", ["1", "3", "5", "7", "10"]],
  ["guidance", "5-20[4], 7.5", ["5", "10", "15", "20", "7.5"]],
  ["strength", "0.0-1.0 [6]", ["0", "0.2", "0.4", "0.6", "0.8", "1"]],
  ["prompt", "1-5, a", ["1-5", "a"]],
  ["cache-interval", "1:3", ["1", "2", "3"]],
  ["guidance-interval", "0-0.8, 0-1", ["0-0.8", "0-1"]],
  ["negative-prompt", 'none, "blurry, dark"', ["none", "blurry, dark"]],
  ["steps", "10-5", undefined],
  ["steps", "1-5 (-1)", undefined],
  ["steps", "1-5 (+0)", undefined],
  ["steps", "1-5 [0]", undefined],
  ["steps", "1-5 [101]", undefined],
  ["steps", "1-1000", undefined],
  ["steps", "", undefined],
  ["steps", "9:5", undefined],
  ["steps", "1:1000000", undefined],
  ["steps", "1:5:0", undefined],
] as const)("%s of %j", (setting, text, values) => {
  expect(parseValues(setting, text)).toEqual(values);
});

test("any text gives values within the limit, or none", () => {
  const typed = string({
    unit: constantFrom("1", "9", "0", ":", ".", ",", '"', " ", "x", "-", "+", "(", ")", "[", "]"),
  });
  assert(
    property(constantFrom(...AXIS_SETTINGS), typed, (setting, text) => {
      expect(parseValues(setting, text)?.length ?? 1).toBeLessThanOrEqual(MAX_CELLS);
    }),
  );
});

test("cells go row by row, and each is one picture with its own values", () => {
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

test("what an axis sets goes before the preset of the other, on either side", () => {
  const preset = { setting: "preset", values: ["fast"] } as const;
  const steps = { setting: "steps", values: ["7"] } as const;
  for (const [x, y] of [
    [preset, steps],
    [steps, preset],
  ] as const) {
    const grid = { x: { ...x, values: [...x.values] }, y: { ...y, values: [...y.values] } };
    const [cell] = cellRequests({ prompt: "a cat", steps: 50, precision: "float32" }, grid);
    expect(cell?.request).toMatchObject({ preset: "fast", steps: 7, precision: undefined });
  }
});

test.each([
  ["model", "steps", ["0,0", "0,1", "1,0", "1,1"]],
  ["preset", "steps", ["0,0", "0,1", "1,0", "1,1"]],
  ["model", "preset", ["0,0", "0,1", "1,0", "1,1"]],
  ["precision", "steps", ["0,0", "0,1", "1,0", "1,1"]],
  ["precision", "preset", ["0,0", "1,0", "0,1", "1,1"]],
  ["steps", "model", ["0,0", "1,0", "0,1", "1,1"]],
  ["preset", "model", ["0,0", "1,0", "0,1", "1,1"]],
] as const)("with %s across and %s down, no model is loaded twice", (x, y, places) => {
  const values = {
    model: ["one", "two"],
    preset: ["exact", "fast"],
    precision: ["auto", "int8"],
    steps: ["1", "2"],
  };
  const grid = { x: { setting: x, values: values[x] }, y: { setting: y, values: values[y] } };
  const cells = cellRequests({ prompt: "a cat" }, grid);
  expect(cells.map(({ column, row }) => `${column},${row}`)).toEqual(places);
});

test("settings of the faster ways, of the decoder and of the negative prompt vary, before a preset", () => {
  const varied = (setting: AxisSetting, value: string) => {
    const y = { setting, values: [value] };
    const grid = { x: { setting: "preset" as const, values: ["fast"] }, y };
    return cellRequests({ prompt: "a cat", negativePrompt: "red" }, grid)[0]?.request;
  };
  expect(varied("precision", "auto")).toMatchObject({ preset: "fast", precision: "auto" });
  expect(varied("decoder", "tiny")).toMatchObject({ decoder: "tiny" });
  expect(varied("guidance-interval", "0-0.8")).toMatchObject({ guidanceInterval: [0, 0.8] });
  expect(varied("cache-interval", "3")).toMatchObject({ preset: "fast", cacheInterval: 3 });
  expect(varied("negative-prompt", "none")).toMatchObject({ negativePrompt: "" });
});

test("a setting on both axes is refused, unless both can add to it", () => {
  const twice = (setting: AxisSetting, ...values: string[]) =>
    checkGrid({ x: { setting, values }, y: { setting, values } }, { prompt: "a cat" });
  expect(() => twice("steps", "1", "2")).toThrow(
    "The axis steps cannot be used twice: both axes set it",
  );
  twice("prompt", "cat", "dog");
  twice("style", "Pencil");
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
  ["precision", ["auto", "float32", "INT8", "int4"], "int4"],
  ["decoder", ["own", "tiny", "large"], "large"],
  ["guidance-interval", ["0-1", "0.2 - 0.8", "0.8-0.2"], "0.8-0.2"],
  ["guidance-interval", ["0-0.8", "0.8"], "0.8"],
  ["cache-interval", ["1", "10", "11"], "11"],
  ["negative-prompt", ["none", "", "blurry"], undefined],
] as const)("%s accepts %j except for %j", (setting, values, wrong) => {
  expect(wrongValue({ setting, values: [...values] }, { prompt: "a cat" })).toBe(wrong);
});

test("a name is read in any case, and a refusal lists the names there are", () => {
  const request = { prompt: "a cat" };
  const [cell] = cellRequests(request, { x: { setting: "sampler", values: ["Euler-Karras"] } });
  expect(cell?.request.scheduler).toBe("euler-karras");
  expect(() => checkGrid({ x: { setting: "preset", values: ["Quick"] } }, request)).toThrow(
    'The axis preset cannot be "Quick": it must be one of exact, balanced, fast.',
  );
});
