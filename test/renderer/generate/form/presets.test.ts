import { expect, test } from "vitest";
import { fieldsOf, PRESETS, presetOf } from "../../../../renderer/generate/form/presets.ts";

const own = { steps: 50, scheduler: "ddim", isDistilled: false } as const;

test("each preset is recognized in the form it makes", () => {
  const found = PRESETS.map((preset) => presetOf(fieldsOf(preset, own), own));
  expect(found).toEqual([...PRESETS]);
});

test("Exact is the model's own, the others fewer steps of DPM++ 2M, but never less than eight", () => {
  expect(PRESETS.map((preset) => fieldsOf(preset, own))).toEqual([
    { steps: undefined, scheduler: undefined, precision: undefined },
    { steps: 25, scheduler: "dpm++2m", precision: "int8" },
    { steps: 13, scheduler: "dpm++2m", precision: "int8" },
  ]);
  expect(fieldsOf("fast", { ...own, steps: 9 }).steps).toBe(8);
});

test("a distilled model keeps its own scheduler and steps in every preset", () => {
  const distilled = { steps: 4, scheduler: "lcm", isDistilled: true } as const;
  for (const preset of PRESETS) {
    const fields = fieldsOf(preset, distilled);
    expect(fields).toEqual({ steps: undefined, scheduler: undefined, precision: undefined });
    expect(presetOf(fields, distilled)).toBe("exact");
  }
});

test("numbers set by hand are no preset, unless they say the same", () => {
  expect(presetOf({ steps: 31, scheduler: undefined }, own)).toBeUndefined();
  expect(presetOf({ steps: 25, scheduler: "dpm++2m" }, own)).toBeUndefined();
  expect(presetOf({ steps: 50, scheduler: "ddim" }, own)).toBe("exact");
});
