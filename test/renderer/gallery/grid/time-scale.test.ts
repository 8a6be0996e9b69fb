import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { layOut } from "../../../../renderer/gallery/grid/day-layout.ts";
import {
  dayAt,
  daysOf,
  marksOf,
  monthBeside,
} from "../../../../renderer/gallery/grid/time-scale.ts";

/** Days of one line each, 100 pixels apart. */
const NAMES = {
  total: 7,
  days: ["2026-03-02", "2026-03-01", "2026-02-27", "2025-12-31", "2025-12-30"].map((day, i) => ({
    day,
    ids: i === 0 ? ["a", "b", "c"] : [day],
  })),
};
const days = daysOf(layOut(NAMES, 4), (row) => 50 * row);

test("each day of a sheet says where it starts", () => {
  expect(days.map(({ count, start }) => [count, start])).toEqual([
    [3, 0],
    [1, 100],
    [1, 200],
    [1, 300],
    [1, 400],
  ]);
});

test("the day in view is the last that has started", () => {
  expect([0, 99, 99.6, 100, 250, 10_000].map((offset) => dayAt(days, offset))).toEqual([
    0, 0, 1, 1, 2, 4,
  ]);
  expect(dayAt([], 10)).toBe(0);
});

describe("from month to month", () => {
  test.each([
    [0, 1, 2],
    [1, 1, 2],
    [2, 1, 3],
    [3, 1, 4],
    [4, -1, 2],
    [3, -1, 2],
    [2, -1, 0],
    [0, -1, 0],
  ] as const)("from day %i by %i to day %i", (from, step, to) => {
    expect(monthBeside(days, from, step)).toBe(to);
  });
});

describe("labels", () => {
  test("years come first, months if there is room", () => {
    const marks = (height: number) =>
      marksOf(days, { height, reach: 400, apart: 20 }).map(({ period }) => period);
    expect(marks(420)).toEqual(["2026", "2026-02", "2025"]);
    expect(marks(60)).toEqual(["2026", "2025"]);
  });

  test("none covers another or extends beyond the end, for any days", () => {
    const day = fc.date({ min: new Date(0), max: new Date("2030-01-01"), noInvalidDate: true });
    fc.assert(
      fc.property(
        fc.array(day, { maxLength: 300 }),
        fc.integer({ min: 21, max: 2000 }),
        (all, height) => {
          const sorted = [
            ...new Set(all.map((date) => date.toISOString().slice(0, 10))),
          ].toSorted();
          const many = sorted.map((one, i) => ({ day: one, count: 1, start: 37 * i }));
          const marks = marksOf(many, { height, reach: 37 * many.length, apart: 20 });
          for (const [i, { at }] of marks.entries()) {
            expect(at).toBeGreaterThanOrEqual(i === 0 ? 0 : (marks[i - 1]?.at ?? 0) + 20);
            expect(at).toBeLessThanOrEqual(height - 20);
          }
        },
      ),
    );
  });
});
