import { expect, test } from "vitest";
import { type ExactPace, fasterWays, presetSecondsAt } from "../../../engine/cli/faster-ways.ts";

const model = { steps: 50, isDistilled: false };
const waysAt = (pace: ExactPace) => fasterWays(presetSecondsAt(pace));

test("a long picture is announced with the times of faster presets", () => {
  expect(waysAt({ model, device: "cpu", secondsPerStep: 30 })).toBe(
    "A picture takes about 25 min here, about 7 min with --preset balanced, about 2 min with --preset fast.",
  );
});

test("a GPU gains from fewer steps, and from those that reuse the rest", () => {
  expect(waysAt({ model, device: "cuda", secondsPerStep: 4 })).toBe(
    "A picture takes about 3 min here, about 2 min with --preset balanced, about 25 s with --preset fast.",
  );
});

test("nothing is said about a short picture, or if no preset is faster", () => {
  expect(waysAt({ model, device: "cpu", secondsPerStep: 2 })).toBeUndefined();
  const distilled = { steps: 4, isDistilled: true };
  expect(waysAt({ model: distilled, device: "cuda", secondsPerStep: 60 })).toBeUndefined();
});
