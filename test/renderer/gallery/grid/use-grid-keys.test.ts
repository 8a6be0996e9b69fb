import { expect, test } from "vitest";
import { layOut } from "../../../../renderer/gallery/grid/day-layout.ts";
import { isMove, type MoveKey, moved } from "../../../../renderer/gallery/grid/use-grid-keys.ts";
import { namesOf } from "../names.ts";

/*
 * today      0 1 2
 *            3 4
 * yesterday  5
 * before     6 7 8
 *            9
 */
const sheet = layOut(namesOf(5, 1, 4), 3);

const CASES: readonly (readonly [string, number, MoveKey, number])[] = [
  ["right goes on, also into the next day", 4, "ArrowRight", 5],
  ["left goes back over a heading", 6, "ArrowLeft", 5],
  ["left stays at the first", 0, "ArrowLeft", 0],
  ["right stays at the last", 9, "ArrowRight", 9],
  ["down keeps the column", 1, "ArrowDown", 4],
  ["down ends at the end of a shorter line", 2, "ArrowDown", 4],
  ["down passes over headings", 4, "ArrowDown", 5],
  ["up passes over headings", 7, "ArrowUp", 5],
  ["up from the first line stays", 2, "ArrowUp", 2],
  ["down from the last line stays", 9, "ArrowDown", 9],
  ["a page down is so many lines", 0, "PageDown", 5],
  ["a page down ends at the last line", 7, "PageDown", 9],
  ["a page up ends at the first line", 5, "PageUp", 0],
  ["home is the very first", 8, "Home", 0],
  ["end is the very last", 1, "End", 9],
];

test.each(CASES)("%s", (_, from, key, to) => {
  expect(moved(sheet, from, key, 2)).toBe(to);
});

test("only the movement keys move", () => {
  expect(["ArrowLeft", "End", "Enter", "a", "toString"].map(isMove)).toEqual([
    true,
    true,
    false,
    false,
    false,
  ]);
});
