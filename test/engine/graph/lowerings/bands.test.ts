import { assert, constantFrom, integer, nat, property, record } from "fast-check";
import { expect, test } from "vitest";
import {
  bandsOf,
  largestDivisor,
  nearestPlaces,
  placesOfResults,
  placesRead,
  rowsRead,
  type Bands,
  type Tiling,
} from "../../../../engine/graph/lowerings/bands.ts";
import { PLAIN, UPSAMPLED } from "../../../../engine/graph/lowerings/winograd.ts";

const TILINGS: readonly Tiling[] = [
  { tile: 1, step: 1, read: 3 },
  { tile: 1, step: 2, read: 3 },
  PLAIN,
  UPSAMPLED,
];

const side = integer({ min: 1, max: 24 });
const bands = record({
  batch: integer({ min: 1, max: 2 }),
  height: side,
  width: side,
  most: integer({ min: 1, max: 64 }),
  tiling: constantFrom(...TILINGS),
  pad: integer({ min: 0, max: 1 }),
}).map(({ batch, height, width, most, tiling, pad }) => {
  const results = (length: number) => Math.ceil((length * tiling.tile) / tiling.step);
  const size = { batch, height, width, tall: results(height), wide: results(width) };
  return bandsOf({ ...size, top: pad, left: pad, ...tiling }, most);
});

/** The row and column in the picture of every pixel of every tile, or undefined outside it; looked up as a run does. */
function readBy(all: Bands, band: number, [i, j, row, column]: readonly number[]) {
  const { width, rows, across, read, reach } = all;
  const places = placesRead(all);
  const place =
    places.rows[(band * read + i!) * rows + row!]! + places.columns[j! * across + column!]!;
  if (place >= places.beyond) return undefined;
  return [rowsRead(all)[band * reach + Math.floor(place / width)]!, place % width];
}

test("every tile reads the pixels around it, and nothing of another image", () => {
  assert(
    property(bands, nat(), (all, seed) => {
      const { batch, height, width, count, rows, across, step, read, top, left } = all;
      const at = [read, read, rows, across].map((length, i) => (seed >> (3 * i)) % length);
      const band = seed % count;
      const [i = 0, j = 0, row = 0, column = 0] = at;
      const image = Math.floor(band / (count / batch));
      const y = ((band % (count / batch)) * rows + row) * step + i - top;
      const x = column * step + j - left;
      const isInside = y >= 0 && y < height && x >= 0 && x < width;
      expect(readBy(all, band, at)).toEqual(isInside ? [image * height + y, x] : undefined);
    }),
  );
});

test("shares have a row for each pixel and each of the kernel", () => {
  assert(
    property(bands, (all) => {
      const [plain, shared] = [placesRead(all), placesRead(all, true)];
      const share = all.read ** 2;
      expect(shared.beyond).toBe(plain.beyond * share);
      expect(shared.rows.map((place) => Math.floor(place / share))).toEqual(plain.rows);
      expect(shared.columns.map((place) => Math.floor(place / share))).toEqual(plain.columns);
    }),
  );
});

test("every result is found in its tile, once", () => {
  assert(
    property(bands, (all) => {
      const { tile, rows, across, wide } = all;
      const places = placesOfResults(all);
      const found = places.rows.flatMap((row) => places.columns.map((column) => row + column));
      expect(found).toHaveLength(rows * tile * wide);
      expect(new Set(found).size).toBe(found.length);
      expect(Math.max(...found)).toBeLessThan(tile * tile * rows * across);
    }),
  );
});

test("bands have the same size, and no more tiles than requested unless one row has more", () => {
  assert(
    property(bands, integer({ min: 1, max: 64 }), (reading, most) => {
      const { batch, tall, tile, count, rows, across } = bandsOf(reading, most);
      expect(count * rows).toBe(batch * Math.ceil(tall / tile));
      expect(rows === 1 || rows * across <= most).toBe(true);
    }),
  );
});

test("divisors", () => {
  expect([1, 5, 6, 100].map((most) => largestDivisor(12, most))).toEqual([1, 4, 6, 12]);
  expect(largestDivisor(97, 96)).toBe(1);
  expect(largestDivisor(8, 0.5)).toBe(1);
});

test("the nearest pixels of an odd size", () => {
  const places = nearestPlaces({ batch: 2, height: 2, width: 3, tall: 3, wide: 6 });
  expect(places.rows).toEqual([0, 0, 3, 6, 6, 9]);
  expect(places.columns).toEqual([0, 0, 1, 1, 2, 2]);
});
