import { expect, test } from "vitest";
import { balance, largestInColumns, largestInRows } from "../../../engine/tensor/channel-scales.ts";

test("a scaled channel is as large where it is made as where it is read", () => {
  const made = Float32Array.of(4, 1, 0.25);
  const read = Float32Array.of(1, 1, 16);
  const factors = [...balance(made, read)];
  const ratios = factors.map((factor, i) => (made[i]! * factor) / (read[i]! / factor));
  for (const ratio of ratios) expect(ratio).toBeCloseTo(ratios[0]!, 5);
  expect(factors.reduce((product, factor) => product * factor, 1)).toBeCloseTo(1, 5);
});

test("channels that are 0 on either side stay unchanged", () => {
  const factors = balance(Float32Array.of(0, 2, 1, 0), Float32Array.of(1, 8, 0, 0));
  expect([...factors]).toEqual([1, 1, 1, 1]);
});

test("the largest of rows and columns, of either sign", () => {
  const weights = Float32Array.of(1, -3, 2, 0, 5, -4);
  const rows = new Float32Array(3);
  largestInRows({ first: 1, rowLength: 3, weights }, rows);
  expect([...rows]).toEqual([0, 3, 5]);
  const columns = Float32Array.of(0, 6, 0);
  largestInColumns(weights, columns);
  expect([...columns]).toEqual([1, 6, 4]);
});

test("rows beyond those requested are left out", () => {
  const rows = new Float32Array(1);
  largestInRows({ first: 0, rowLength: 2, weights: Float32Array.of(1, 2, 9, 9) }, rows);
  largestInRows({ first: 2, rowLength: 2, weights: Float32Array.of(9, 9) }, rows);
  expect([...rows]).toEqual([2]);
});
