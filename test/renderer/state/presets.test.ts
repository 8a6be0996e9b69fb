import { expect, test } from "vitest";
import { PRESETS } from "../../../engine/contract/presets.ts";
import {
  fieldsOf,
  isReset,
  presetOf,
  presetsFor,
  presetWithin,
  RESET,
  resettable,
} from "../../../renderer/state/presets.ts";
import { RECALLED, useForm } from "../../../renderer/state/form.ts";

const own = { steps: 50, scheduler: "ddim", isDistilled: false } as const;
const distilled = { steps: 4, scheduler: "lcm", isDistilled: true } as const;
const NONE = { precision: undefined, cacheInterval: undefined, guidanceInterval: undefined };

test("each preset is recognised in the form it makes", () => {
  const found = PRESETS.map((preset) => presetOf(fieldsOf(preset, own), own));
  expect(found).toEqual([...PRESETS]);
});

test("numbers set by hand are no preset, unless they are equal", () => {
  expect(presetOf({ ...NONE, steps: 31, scheduler: undefined }, own)).toBeUndefined();
  expect(presetOf({ ...fieldsOf("fast", own), guidanceInterval: [0, 0.5] }, own)).toBeUndefined();
  expect(presetOf({ ...fieldsOf("fast", own), cacheInterval: undefined }, own)).toBeUndefined();
  expect(presetOf({ ...NONE, steps: 50, scheduler: "ddim" }, own)).toBe("exact");
});

test("presets with the same result are offered once", () => {
  expect(presetsFor(own, true)).toEqual(["exact", "balanced", "fast"]);
  expect(presetsFor(own, false)).toEqual(["exact", "balanced", "fast"]);
  expect(presetsFor(distilled, true)).toEqual(["exact", "balanced"]);
  expect(presetsFor(distilled, false)).toEqual(["exact"]);
});

test.each([
  [{ exact: 119, balanced: 30, fast: 10 }, "exact"],
  [{ exact: 121, balanced: 120, fast: 10 }, "balanced"],
  [{ exact: 1500, balanced: 400, fast: 200 }, "fast"],
  [{ exact: 1500, balanced: 400 }, undefined],
  [{}, undefined],
] as const)("of presets that take %j, %s is chosen", (seconds, chosen) => {
  expect(presetWithin(PRESETS, seconds)).toBe(chosen);
});

test("a reset unsets every setting that a picture's record restores, except the prompts", () => {
  const kept = new Set<string>(["prompt", "negativePrompt"]);
  expect(Object.keys(RESET)).toEqual(
    expect.arrayContaining(RECALLED.filter((name) => !kept.has(name))),
  );
});

test("a reset is offered if only the decoder differs, and what it changes can be restored", () => {
  const form = { ...useForm.getInitialState(), prompt: "a fish" };
  expect(isReset(form)).toBe(true);
  const chosen = { ...form, decoder: "tiny" } as const;
  expect(isReset(chosen)).toBe(false);
  expect(isReset({ ...chosen, ...RESET })).toBe(true);
  expect({ ...chosen, ...RESET, ...resettable(chosen) }).toEqual({ ...RESET, ...chosen });
});
