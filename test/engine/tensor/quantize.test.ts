import * as fc from "fast-check";
import { expect, test } from "vitest";
import { largestOf, QuantizedMatrix } from "../../../engine/tensor/quantize.ts";

function quantize(shape: readonly number[], rows: readonly number[][], bits = 8): QuantizedMatrix {
  const matrix = new QuantizedMatrix(shape, bits);
  // The first row alone, the others together.
  matrix.setRows(0, Float32Array.from(rows[0] ?? []));
  if (rows.length > 1) matrix.setRows(1, Float32Array.from(rows.slice(1).flat()));
  return matrix;
}

test("the largest weight of each output becomes the largest integer, of either sign", () => {
  const { values, scales } = quantize(
    [2, 3],
    [
      [1, -0.52, 0],
      [0.25, 0, -2],
    ],
  );
  expect([...values]).toEqual([127, 16, -66, 0, 0, -127]);
  expect([...scales]).toEqual([1 / 127, 2 / 127].map(Math.fround));
});

test("7 bits reach from -63 to 63", () => {
  expect([largestOf(7), largestOf(8)]).toEqual([63, 127]);
  expect([...quantize([1, 2], [[1, -1]], 7).values]).toEqual([63, -63]);
});

test("a kernel's inputs are ordered pixel by pixel, all channels of one together", () => {
  const kernel = quantize([1, 2, 2, 2], [[1, 2, 3, 4, -1, -2, -3, 127]]);
  expect(kernel.rowLength).toBe(8);
  expect([...kernel.values]).toEqual([1, -1, 2, -2, 3, -3, 4, 127]);
});

test("an output without weights is 0 times 1", () => {
  const { values, scales } = quantize([1, 3], [[0, 0, 0]]);
  expect([...values, ...scales]).toEqual([0, 0, 0, 1]);
});

test("each weight is off by half a scale at most", () => {
  const weight = fc.float({ noNaN: true, noDefaultInfinity: true, min: -1000, max: 1000 });
  const row = fc.array(weight, { minLength: 6, maxLength: 6 });
  fc.assert(
    fc.property(fc.array(row, { minLength: 3, maxLength: 3 }), (rows) => {
      const { values, scales } = quantize([3, 6], rows);
      for (const [out, weights] of rows.entries()) {
        const scale = scales[out]!;
        for (const [i, weight] of weights.entries()) {
          const error = Math.abs(values[i * 3 + out]! * scale - weight);
          expect(error).toBeLessThanOrEqual(scale * 0.5001 + 1e-30);
        }
      }
    }),
  );
});
