import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  boxOf,
  headingOf,
  layOut,
  lineOf,
  orderOf,
  picturesBetween,
  rowOf,
} from "../../../../renderer/gallery/grid/day-layout.ts";
import { namesOf } from "../names.ts";

test("orders pictures like their names, and knows each one's index", () => {
  const { ids, indexOf } = orderOf(namesOf(2, 1));
  expect(ids).toEqual(["a0", "a1", "b0"]);
  expect(["a0", "b0", "c0"].map(indexOf)).toEqual([0, 2, undefined]);
});

test("gives each day a heading and as many lines as it needs", () => {
  expect(layOut(namesOf(5, 2), 3)).toEqual({
    rows: [
      { kind: "day", day: "2026-11-24", count: 5 },
      { kind: "line", first: 0, count: 3 },
      { kind: "line", first: 3, count: 2 },
      { kind: "day", day: "2026-11-23", count: 2 },
      { kind: "line", first: 5, count: 2 },
    ],
    lines: [1, 2, 4],
    headings: [0, 3],
    columns: 3,
  });
});

test("lays out nothing as nothing", () => {
  expect(layOut({ total: 0, days: [] }, 4)).toEqual({
    rows: [],
    lines: [],
    headings: [],
    columns: 4,
  });
});

test("knows the heading of each row", () => {
  const sheet = layOut(namesOf(5, 2, 1), 3);
  expect(sheet.rows.map((_, row) => headingOf(sheet, row))).toEqual([0, 0, 0, 3, 3, 5, 5]);
});

test("names the pictures of a range of rows, with or without headings", () => {
  const sheet = layOut(namesOf(5, 2), 3);
  expect(picturesBetween(sheet, 2, 3)).toEqual([3, 5]);
  expect(picturesBetween(sheet, 0, 4)).toEqual([0, 7]);
  expect(picturesBetween(sheet, 3, 3)).toEqual([0, 0]);
});

test("every picture is in exactly the line that is found for it", () => {
  const days = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(days, fc.integer({ min: 1, max: 9 }), (counts, columns) => {
      const names = namesOf(...counts);
      const sheet = layOut(names, columns);
      for (let index = 0; index < names.total; index++) {
        const row = sheet.rows[rowOf(sheet, index)];
        const isThere = row?.kind === "line" && row.first <= index && index < row.first + row.count;
        expect(isThere && sheet.lines[lineOf(sheet, index)] === rowOf(sheet, index)).toBe(true);
      }
      const lines = sheet.rows.filter((row) => row.kind === "line");
      expect(lines.reduce((sum, { count }) => sum + count, 0)).toBe(names.total);
    }),
  );
});

test.each([
  ["a square fills the tile but for its margin", { width: 768, height: 768 }, 180, [164, 164]],
  ["a wide one keeps its shape", { width: 768, height: 512 }, 180, [164, 109]],
  ["a small one is at most three times its size", { width: 32, height: 64 }, 320, [96, 192]],
  ["a thin one does not vanish", { width: 2048, height: 2 }, 100, [84, 1]],
] as const)("%s", (_, picture, side, [width, height]) => {
  expect(boxOf(picture, side)).toEqual({ width, height });
});
