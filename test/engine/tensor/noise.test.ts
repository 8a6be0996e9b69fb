import * as fc from "fast-check";
import { expect, test } from "vitest";
import { createGenerator } from "../../../engine/tensor/noise.ts";
import { readGolden } from "../../golden/read-golden.ts";

const reference = readGolden("torch-randn.safetensors");
const SECOND = "42.second-of-4x16x16";

test.each([...reference].filter(([key]) => key !== SECOND))("%s equals torch's", (key, want) => {
  const seed = BigInt(key.slice(0, key.indexOf(".")));
  expect(largestDifference(createGenerator(seed).normal(want.length), want)).toBeLessThan(1e-6);
});

test("a second draw continues where the first ended", () => {
  const want = reference.get(SECOND)!;
  const generator = createGenerator(42n);
  generator.normal(want.length);
  expect(largestDifference(generator.normal(want.length), want)).toBeLessThan(1e-6);
});

test("a small odd draw leaves half a pair, which survives larger draws", () => {
  const together = createGenerator(3n).normal(6);
  const apart = createGenerator(3n);
  const [first, large, rest] = [apart.normal(3), apart.normal(16), apart.normal(1)];
  expect([...first, ...rest]).toEqual([...together.subarray(0, 4)]);
  expect(large).not.toEqual(createGenerator(3n).normal(16));
});

test("only the lower 32 bits of a seed matter, as in torch", () => {
  const bits = fc.bigInt({ min: 0n, max: 2n ** 32n - 1n });
  fc.assert(
    fc.property(bits, bits, (upper, lower) => {
      const wide = createGenerator((upper << 32n) | lower);
      expect(wide.normal(5)).toEqual(createGenerator(lower).normal(5));
    }),
    { numRuns: 30 },
  );
});

test("any size is filled with finite numbers of mean 0 and deviation 1", () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), fc.nat(200), (seed, size) => {
      const values = createGenerator(seed).normal(size);
      expect(values).toHaveLength(size);
      expect(values.every((value) => Math.abs(value) < 9)).toBe(true);
    }),
  );
  const many = createGenerator(2n ** 64n - 1n).normal(65_537);
  const mean = many.reduce((sum, value) => sum + value, 0) / many.length;
  const variance = many.reduce((sum, value) => sum + (value - mean) ** 2, 0) / many.length;
  expect(Math.abs(mean)).toBeLessThan(0.02);
  expect(Math.abs(variance - 1)).toBeLessThan(0.03);
});

function largestDifference(got: Float32Array, want: Float32Array): number {
  expect(got).toHaveLength(want.length);
  return got.reduce((most, value, i) => Math.max(most, Math.abs(value - want[i]!)), 0);
}
