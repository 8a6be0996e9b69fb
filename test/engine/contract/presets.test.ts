import { expect, test } from "vitest";
import { PRESETS, presetSettings } from "../../../engine/contract/presets.ts";

const own = { steps: 50, isDistilled: false };

test("Exact leaves everything to the model, Balanced and Fast set their own values", () => {
  expect(PRESETS.map((preset) => presetSettings(preset, own))).toEqual([
    {},
    { precision: "int8", steps: 25 },
    { precision: "int8", steps: 10, scheduler: "unipc", cacheInterval: 2 },
  ]);
});

test("no preset takes more steps than the model recommends", () => {
  const steps = PRESETS.map((preset) => presetSettings(preset, { ...own, steps: 8 }).steps);
  expect(steps).toEqual([undefined, 8, 8]);
});

test("a distilled model keeps its steps, scheduler and guidance", () => {
  const distilled = { steps: 4, isDistilled: true };
  expect(PRESETS.map((preset) => presetSettings(preset, distilled))).toEqual([
    {},
    { precision: "int8" },
    { precision: "int8" },
  ]);
});
