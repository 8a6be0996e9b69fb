import { expect, test } from "vitest";
import type { ModelSummary } from "../../../engine/contract/models.ts";
import {
  fitOf,
  isShort,
  neededBytes,
  pictureMemory,
  podMemory,
} from "../../../engine/store/fit.ts";

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
  unetParameters: 865_910_724,
  vaeParameters: 83_653_863,
  sizeBytes: 5.2e9,
};
const starter = {
  ...base,
  parameters: 16_339_931,
  unetParameters: 14_777_860,
  vaeParameters: 858_583,
  width: 128,
  height: 128,
};

test("estimates what was measured on a CPU", () => {
  expect(fitOf(starter, { provider: "cpu" }).memoryBytes / 1e9).toBeCloseTo(0.229, 2);
  expect(fitOf(base, { provider: "cpu", memoryBytes: 32e9 }).memoryBytes / 1e9).toBeCloseTo(4.4, 1);
});

test.each([
  ["a CPU with very little memory", base, { provider: "cpu", memoryBytes: 1.5e9 }, "too-large"],
  ["a CPU with enough for int8", base, { provider: "cpu", memoryBytes: 4e9 }, "tight"],
  ["a CPU with just enough", base, { provider: "cpu", memoryBytes: 5e9 }, "tight"],
  ["a CPU with plenty", base, { provider: "cpu", memoryBytes: 16e9 }, "slow"],
  [
    "larger pictures",
    { ...base, width: 768, height: 768 },
    { provider: "cpu", memoryBytes: 5.3e9 },
    "tight",
  ],
  [
    "a model distilled to few steps",
    { ...base, isDistilled: true },
    { provider: "cpu", memoryBytes: 16e9 },
    "good",
  ],
  ["a GPU", base, { provider: "cuda", memoryBytes: 8e9 }, "good"],
  ["a GPU that does not say", base, { provider: "webgpu" }, "good"],
  ["a small model", starter, { provider: "cpu", memoryBytes: 2e9 }, "good"],
] as const)("judges %s", (_, summary, place, verdict) => {
  expect(fitOf(summary, place).verdict).toBe(verdict);
});

test("says what it needs and what is available", () => {
  expect(fitOf(base, { provider: "webgpu" }).reason).toBe(
    "A picture needs about 3.7 GB of memory.",
  );
  expect(fitOf(base, { provider: "cpu", memoryBytes: 16e9 }).reason).toBe(
    "A picture needs about 4.4 GB of memory; there are 16.0 GB. It is slow without a graphics card.",
  );
  expect(fitOf(base, { provider: "cpu", memoryBytes: 1.5e9 }).reason).toBe(
    "A picture needs about 4.4 GB of memory; there are 1.5 GB.",
  );
  expect(fitOf(base, { provider: "cpu", memoryBytes: 4e9 }).reason).toBe(
    "A picture needs about 4.4 GB of memory in full precision and 2.0 GB in int8; there are 4.0 GB: choose Balanced or Fast.",
  );
});

// Peak memory of the inference process with random weights of this size, on a CPU.
test.each([
  [256, "int8", 1.46],
  [512, "int8", 2.02],
  [768, "int8", 2.85],
  [1024, "int8", 4.15],
  [256, "float32", 3.83],
  [512, "float32", 4.44],
  [768, "float32", 5.28],
] as const)("at %i in %s the plan is at or above %d GB", (side, precision, measured) => {
  const planned = neededBytes(base, { width: side, height: side, precision }, "cpu") / 1e9;
  expect(planned / measured).toBeGreaterThan(0.98);
  expect(planned / measured).toBeLessThan(1.1);
});

test("at 256 in Fast, with its second graph, the plan is at or above 1.57 GB", () => {
  const fast = { width: 256, height: 256, precision: "int8", cacheInterval: 2 } as const;
  const planned = neededBytes(base, fast, "cpu") / 1e9;
  expect(planned / 1.57).toBeGreaterThan(0.98);
  expect(planned / 1.57).toBeLessThan(1.1);
});

// Peak memory of the VAE alone, after an int8 UNet was closed.
test.each([
  [512, 1.33],
  [768, 2.45],
  [1024, 3.15],
])("at %i decoding is planned at or above %d GB", (side, measured) => {
  const decoder = { ...base, parameters: 260e6, unetParameters: 1e6 };
  const size = { width: side, height: side, precision: "int8" } as const;
  const planned = neededBytes(decoder, size, "cpu") / 1e9;
  expect(planned / measured).toBeGreaterThan(0.98);
  expect(planned / measured).toBeLessThan(1.1);
});

test("if a picture does not fit, the largest square that does is named", () => {
  const place = { provider: "cpu", memoryBytes: 4e9 } as const;
  const memory = pictureMemory(base, { width: 1536, height: 1536, precision: "int8" }, place);
  const { neededBytes: needed, totalBytes, largestSide = 0 } = memory;
  expect([totalBytes, needed > 4e9]).toEqual([4e9, true]);
  const at = (side: number) =>
    neededBytes(base, { width: side, height: side, precision: "int8", isApart: true }, "cpu");
  expect(at(largestSide)).toBeLessThanOrEqual(4e9);
  expect(at(largestSide + 64)).toBeGreaterThan(4e9);
  expect(pictureMemory(base, { width: 512, height: 512, precision: "int8" }, place)).toEqual({
    neededBytes: neededBytes(base, { width: 512, height: 512, precision: "int8" }, "cpu"),
  });
});

test("where products saturate, linear layers in float32 are planned if they strain no memory", () => {
  const picture = { width: 512, height: 512, precision: "int8" } as const;
  const planned = (memoryBytes: number, saturates = true) =>
    pictureMemory(base, picture, { provider: "cpu", memoryBytes, saturates }).neededBytes;
  expect((planned(16e9) - planned(16e9, false)) / 1e9).toBeCloseTo(0.74, 2);
  expect(planned(3e9)).toBe(planned(3e9, false));
});

test("memory is short if a picture would take most of it, on a CPU only", () => {
  const picture = { width: 512, height: 512 };
  expect(isShort(base, picture, { provider: "cpu", memoryBytes: 5e9 })).toBe(true);
  expect(isShort(base, picture, { provider: "cpu", memoryBytes: 8e9 })).toBe(false);
  expect(isShort(base, picture, { provider: "cuda", memoryBytes: 2e9 })).toBe(false);
});

// assets/deploy/README.md, "Memory": what was drawn within which limit, and what was killed.
test.each([
  [base, 512, 3],
  [base, 768, 3],
  [starter, 128, 1],
])("a pod's limit is what was measured to suffice", (sizes, side, gib) => {
  const { neededBytes: needed, limitGib } = podMemory(sizes, { width: side, height: side });
  expect(limitGib).toBe(gib);
  expect(needed).toBeLessThan(gib * 2 ** 30);
});

test("larger pictures never need less", () => {
  const limits = [256, 512, 768, 1024, 2048].map(
    (side) => podMemory(base, { width: side, height: side }).limitGib,
  );
  expect(limits).toEqual(limits.toSorted((a, b) => a - b));
});
