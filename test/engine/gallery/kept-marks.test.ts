import { anything, array, assert, object, oneof, property, record } from "fast-check";
import { expect, test } from "vitest";
import { readMarks } from "../../../engine/gallery/kept-marks.ts";

test("damaged marks are left out, and the rest is read", () => {
  expect(
    readMarks({
      ratings: { "5": ["a", 3, "b"], "9": ["c"], x: ["d"], "1": "e" },
      tags: { fish: ["a", "../b"], ' "': ["c"], cat: null },
      albums: [
        { name: "A", ids: ["a"], cover: "a" },
        { name: "B", ids: ["b", {}], cover: 7 },
        { name: "a", ids: ["c"] },
        { name: "C" },
        null,
      ],
    }),
  ).toEqual({
    ratings: { "5": ["a", "b"] },
    tags: { fish: ["a"] },
    albums: [
      { name: "A", ids: ["a"], cover: "a" },
      { name: "B", ids: ["b"] },
    ],
  });
});

test("whatever a file contains, marks are read from it", () => {
  const albums = array(record({ name: anything(), ids: anything() }));
  assert(
    property(oneof(anything(), record({ albums, tags: object() })), (stored) => {
      expect(readMarks(stored)).toMatchObject({ ratings: {}, tags: {} });
    }),
  );
});
