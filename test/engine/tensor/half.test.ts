import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  bfloat16ToFloat32,
  float16ToFloat32,
  float32ToBfloat16,
  float32ToFloat16,
} from "../../../engine/tensor/half.ts";

/** IEEE 754 binary16, spelt out: sign, five bits of exponent, ten of fraction. */
function valueOfHalf(bits: number): number {
  const sign = bits >> 15 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = (bits & 1023) / 1024;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -14 : (1 + fraction) * 2 ** (exponent - 15));
}

const everyHalf = Uint16Array.from({ length: 2 ** 16 }, (_, bits) => bits);
const finiteHalves = everyHalf.filter((bits) => Number.isFinite(valueOfHalf(bits)));

test("every float16 becomes exactly its value", () => {
  expect(float16ToFloat32(everyHalf)).toEqual(Float32Array.from(everyHalf, valueOfHalf));
});

test("every float16 but NaN is read back from float32 bit for bit", () => {
  const numbers = everyHalf.filter((bits) => !Number.isNaN(valueOfHalf(bits)));
  expect(float32ToFloat16(float16ToFloat32(numbers))).toEqual(numbers);
});

test.each([
  ["a NaN", NaN, [0x7e00]],
  ["the largest", 65504, [0x7bff]],
  ["what rounds down to the largest", 65519, [0x7bff]],
  ["what lies half a unit above the largest", 65520, [0x7c00]],
  ["a tie below an odd fraction", 1 + 2 ** -11, [0x3c00]],
  ["a tie above an odd fraction", 1 + 3 * 2 ** -11, [0x3c02]],
  ["half the least subnormal", 2 ** -25, [0]],
  ["three quarters of the least subnormal", 1.5 * 2 ** -25, [1]],
  ["a negative zero", -0, [0x8000]],
])("%s rounds to the nearest float16", (_, value, bits) => {
  expect([...float32ToFloat16(Float32Array.of(value))]).toEqual(bits);
});

test("no float16 is nearer to a float32 than the one it rounds to", () => {
  const value = fc.float({ min: -65504, max: 65504, noNaN: true });
  const bits = fc.constantFrom(...finiteHalves);
  fc.assert(
    fc.property(value, bits, (exact, other) => {
      const [rounded] = float16ToFloat32(float32ToFloat16(Float32Array.of(exact)));
      const distance = Math.abs(rounded! - exact);
      expect(distance).toBeLessThanOrEqual(Math.abs(valueOfHalf(other) - exact));
      expect(distance).toBeLessThanOrEqual(Math.max(Math.abs(exact) * 2 ** -11, 2 ** -25));
    }),
  );
});

test("every bfloat16 is the float32 that starts with its bits", () => {
  const view = new DataView(new ArrayBuffer(4));
  const values = Float32Array.from(everyHalf, (bits) => {
    view.setUint16(0, bits);
    return view.getFloat32(0);
  });
  expect(bfloat16ToFloat32(everyHalf)).toEqual(values);
});

test("every bfloat16 but NaN is read back from float32 bit for bit", () => {
  const numbers = everyHalf.filter(
    (bits) => !Number.isNaN(bfloat16ToFloat32(Uint16Array.of(bits))[0]),
  );
  expect(float32ToBfloat16(bfloat16ToFloat32(numbers))).toEqual(numbers);
});

test.each([
  ["a NaN", NaN, 0x7fc0],
  ["what rounds up to infinity", 3.4e38, 0x7f80],
  ["a tie below an odd fraction", 1 + 2 ** -8, 0x3f80],
  ["a tie above an odd fraction", 1 + 3 * 2 ** -8, 0x3f82],
  ["what lies above a tie", 1 + 2 ** -8 + 2 ** -20, 0x3f81],
  ["a negative zero", -0, 0x8000],
])("%s rounds to the nearest bfloat16", (_, value, bits) => {
  expect([...float32ToBfloat16(Float32Array.of(value))]).toEqual([bits]);
});

test("bits may be anywhere in a larger buffer", () => {
  const bits = Uint16Array.of(0, 0x3c00, 0x4000).subarray(1);
  expect([...float16ToFloat32(bits)]).toEqual([1, 2]);
  expect([...bfloat16ToFloat32(Uint16Array.of(0, 0x3f80).subarray(1))]).toEqual([1]);
});
