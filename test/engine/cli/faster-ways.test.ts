import { expect, test } from "vitest";
import { fasterWays } from "../../../engine/cli/faster-ways.ts";

const model = { steps: 50, isDistilled: false };

test("a long picture is told with what faster presets would take", () => {
  expect(fasterWays({ model, device: "cpu", secondsPerStep: 30 })).toBe(
    "A picture takes about 25 min here, about 6 min with --preset balanced, about 3 min with --preset fast.",
  );
});

test("a GPU gains by the steps alone", () => {
  expect(fasterWays({ model, device: "cuda", secondsPerStep: 4 })).toBe(
    "A picture takes about 3 min here, about 2 min with --preset balanced, about 50 s with --preset fast.",
  );
});

test("nothing is told of a short picture, nor where no preset is faster", () => {
  expect(fasterWays({ model, device: "cpu", secondsPerStep: 2 })).toBeUndefined();
  const distilled = { steps: 4, isDistilled: true };
  expect(fasterWays({ model: distilled, device: "cuda", secondsPerStep: 60 })).toBeUndefined();
});
