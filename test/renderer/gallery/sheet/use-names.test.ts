import { expect, test } from "vitest";
import { orderOf } from "../../../../renderer/gallery/grid/day-layout.ts";
import { holdBack } from "../../../../renderer/gallery/sheet/use-names.ts";
import { namesOf } from "../names.ts";

const { days } = namesOf(2, 1);
const [today, yesterday] = [days[0]!, days[1]!];
const seen = orderOf({ total: 3, days });

test("leaves out what was added before everything seen", () => {
  const names = { total: 5, days: [{ ...today, ids: ["n1", "n0", "a0", "a1"] }, yesterday] };
  expect(holdBack(names, seen)).toEqual({ names: { total: 3, days }, held: 2 });
});

test("leaves out a whole new day", () => {
  const names = { total: 4, days: [{ day: "2026-11-25", ids: ["n0"] }, ...days] };
  expect(holdBack(names, seen)).toEqual({ names: { total: 3, days }, held: 1 });
});

test("shows at once what was removed or restored further down", () => {
  const names = { total: 3, days: [{ ...today, ids: ["a1", "back"] }, yesterday] };
  expect(holdBack(names, seen)).toEqual({ names, held: 0 });
});

test("shows everything if nothing of it was seen", () => {
  const names = { total: 1, days: [{ ...today, ids: ["n0"] }] };
  expect(holdBack(names, seen)).toEqual({ names, held: 0 });
});
