import { expect, test } from "vitest";
import { SpeedMeter } from "../../../engine/download/speed.ts";

function measured(samples: readonly (readonly [at: number, bytes: number])[]) {
  let now = 0;
  const meter = new SpeedMeter(() => now);
  return samples.map(([at, bytes]) => {
    now = at;
    const { bytesPerSecond, secondsLeft } = meter.measure(bytes, 1_000);
    return [bytesPerSecond, secondsLeft];
  });
}

test("knows no speed until there is something to measure, and then the mean since", () => {
  expect(
    measured([
      [0, 0],
      [1_000, 100],
      [2_000, 400],
    ]),
  ).toEqual([
    [null, null],
    [100, 9],
    [200, 3],
  ]);
});

test("falls to zero while nothing arrives", () => {
  const seen = measured([0, 1_000, 2_000, 4_000, 7_000, 9_000].map((at) => [at, at ? 100 : 0]));
  expect(seen.map(([rate]) => rate)).toEqual([null, 100, 50, 25, 0, 0]);
  expect(seen.at(-1)).toEqual([0, null]);
});

test("forgets the speed before a restart", () => {
  expect(
    measured([
      [0, 0],
      [1_000, 900],
      [2_000, 0],
      [3_000, 50],
    ]).at(-1),
  ).toEqual([50, 19]);
});
