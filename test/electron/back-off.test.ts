import { expect, test } from "vitest";
import { BackOff } from "../../electron/back-off.ts";

function deaths(atMs: readonly number[]): (number | undefined)[] {
  let now = 0;
  const backOff = new BackOff(() => now);
  return atMs.map((at) => {
    now = at;
    return backOff.died();
  });
}

test("the first death causes no pause, repeated ones longer pauses, and the fifth is the last", () => {
  expect(deaths([0, 1_000, 3_000, 7_000, 18_000])).toEqual([0, 1_000, 3_000, 10_000, undefined]);
});

test("after a minute of life the count starts again", () => {
  expect(deaths([0, 1_000, 70_000, 140_000, 210_000, 280_000])).toEqual([0, 1_000, 0, 0, 0, 0]);
});

test("a request to try again resets the count", () => {
  const backOff = new BackOff(() => 0);
  for (let i = 0; i < 5; i++) backOff.died();
  backOff.forget();
  expect(backOff.died()).toBe(0);
});
