import { expect, test } from "vitest";
import type { ModelSummary } from "../../../engine/contract/models.ts";
import { fitOf } from "../../../engine/store/fit.ts";

const base: ModelSummary = {
  name: "stable-diffusion-2-base",
  folder: "/models/stable-diffusion-2-base",
  isStarter: false,
  description: "",
  predictionType: "epsilon",
  width: 512,
  height: 512,
  steps: 50,
  guidanceScale: 7.5,
  isDistilled: false,
  parameters: 1_289_952_427,
  sizeBytes: 5.2e9,
};
const starter = { ...base, parameters: 16_400_000, width: 128, height: 128 };

test("estimates what was measured on a CPU", () => {
  expect(fitOf(starter, { provider: "cpu" }).memoryBytes / 1e9).toBeCloseTo(0.229, 2);
  expect(fitOf(base, { provider: "cpu", memoryBytes: 32e9 }).memoryBytes / 1e9).toBeCloseTo(4.4, 1);
});

test.each([
  ["a CPU with little memory", base, { provider: "cpu", memoryBytes: 4e9 }, "too-large"],
  ["a CPU with just enough", base, { provider: "cpu", memoryBytes: 5e9 }, "tight"],
  ["a CPU with plenty", base, { provider: "cpu", memoryBytes: 16e9 }, "slow"],
  [
    "larger pictures",
    { ...base, width: 768, height: 768 },
    { provider: "cpu", memoryBytes: 5.3e9 },
    "too-large",
  ],
  ["a GPU", base, { provider: "cuda", memoryBytes: 8e9 }, "good"],
  ["a GPU that does not say", base, { provider: "webgpu" }, "good"],
  ["a small model", starter, { provider: "cpu", memoryBytes: 2e9 }, "good"],
] as const)("judges %s", (_, summary, place, verdict) => {
  expect(fitOf(summary, place).verdict).toBe(verdict);
});

test("says what it takes and what there is", () => {
  expect(fitOf(base, { provider: "webgpu" }).reason).toBe(
    "A picture needs about 3.5 GB of memory.",
  );
  expect(fitOf(base, { provider: "cpu", memoryBytes: 4e9 }).reason).toBe(
    "A picture needs about 4.4 GB of memory; there are 4.0 GB.",
  );
});
