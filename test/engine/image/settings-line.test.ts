import * as fc from "fast-check";
import { expect, test } from "vitest";
import { formatSettings, parseSettings } from "../../../engine/image/settings-line.ts";

test("writes numbers and plain words unchanged, and omits missing ones", () => {
  const line = formatSettings({
    Steps: 20,
    Sampler: "DPM++ 2M",
    Hash: undefined,
    "CFG scale": 7.5,
  });
  expect(line).toBe("Steps: 20, Sampler: DPM++ 2M, CFG scale: 7.5");
});

test.each([
  ["a, b", '"a, b"'],
  ["a: b", '"a: b"'],
  ["two\nlines", '"two\\nlines"'],
  ['say "cat"', '"say \\"cat\\""'],
  [" edge ", '" edge "'],
  ["", '""'],
  ["C:\\models", '"C:\\\\models"'],
  ["back\\slash", "back\\slash"],
  ["猫", "猫"],
])("quotes %j as %s", (value, written) => {
  expect(formatSettings({ Model: value })).toBe(`Model: ${written}`);
});

test("any value is read back", () => {
  const value = fc.string({ unit: "binary", maxLength: 60 });
  const settings = fc.record({ Model: value, "VAE hash": value, "a-b/c": value });
  fc.assert(
    fc.property(settings, (settings) => {
      const lowerCase = Object.entries(settings).map(([key, value]) => [key.toLowerCase(), value]);
      expect([...parseSettings(formatSettings(settings))]).toEqual(lowerCase);
    }),
    { numRuns: 500 },
  );
});

test.each<[string, string, Record<string, string>]>([
  [
    "blanks around pairs",
    " Steps : 1,Seed:2 ,  Size:  8x8  ",
    { steps: "1", seed: "2", size: "8x8" },
  ],
  ["a trailing comma", "Steps: 20, Seed: 1,", { steps: "20", seed: "1" }],
  ["a value without key", "Steps: 20, whatever, Seed: 1", { steps: "20", seed: "1" }],
  [
    "quoted lists",
    'TI hashes: "a: 1, b: 2", Version: v1.6',
    { "ti hashes": "a: 1, b: 2", version: "v1.6" },
  ],
  ["a quote that never ends", 'Model: "a, Seed: 1', { model: '"a', seed: "1" }],
  ["a quoted value with a bad escape", 'Model: "a\\q", Seed: 1', { model: '"a\\q"', seed: "1" }],
  ["words after a quote", 'Model: "a" b, Seed: 1', { model: '"a" b', seed: "1" }],
  [
    "naked JSON",
    'Seed: 1, Civitai resources: [{"type":"x","id":2}], Size: 8x8',
    { seed: "1", "civitai resources": '[{"type":"x"', size: "8x8" },
  ],
  ["a key twice", "Seed: 1, seed: 2", { seed: "1" }],
  ["values with colons", "Time: 10:30, Seed: 1", { time: "10:30", seed: "1" }],
  ["nothing", "", {}],
  ["commas", ",,,", {}],
])("reads %s", (_, line, expected) => {
  expect(Object.fromEntries(parseSettings(line))).toEqual(expected);
});

test.each([
  "a ".repeat(500_000),
  'a:"x,'.repeat(200_000),
  'a:"\\'.repeat(200_000),
  `a:"${'\\"'.repeat(500_000)}`,
  `a:"x"${" ".repeat(1_000_000)}y`,
  " ".repeat(1_000_000),
  "a".repeat(1_000_000),
])("reads a hostile line of a megabyte in linear time (%#)", (line) => {
  expect(parseSettings(line).size).toBeLessThanOrEqual(1);
});
