import { expect, test } from "vitest";
import { shareOf } from "../../../renderer/state/progress.ts";

test("progress follows the steps, or the time an endpoint usually takes", () => {
  expect(shareOf(undefined)).toBeUndefined();
  expect(shareOf({ stage: "denoising", step: 15, steps: 30 })).toBe(0.5);
  const asking = { stage: "asking", step: 0, steps: 0 } as const;
  expect(shareOf(asking)).toBeUndefined();
  expect(shareOf({ ...asking, elapsedSeconds: 5, expectedSeconds: 20 })).toBe(0.25);
  expect(shareOf({ ...asking, elapsedSeconds: 50, expectedSeconds: 20 })).toBe(0.97);
});
