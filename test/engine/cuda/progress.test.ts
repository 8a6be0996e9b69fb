import { expect, test } from "vitest";

import { progressMeter } from "../../../engine/cuda/progress.ts";

test("measures rate and time left over the last seconds", () => {
  let at = 0;
  const meter = progressMeter(10_000, () => at);
  const reports = [0, 1_000, 2_000, 6_000].map((bytes) => {
    const report = meter(bytes);
    at += 1_000;
    return report;
  });
  expect(reports.map((report) => [report?.bytesPerSecond, report?.secondsLeft])).toEqual([
    [null, null],
    [1_000, 9],
    [1_000, 8],
    [2_000, 2],
  ]);
});

test("forgets the speed of more than five seconds ago", () => {
  let at = 0;
  const meter = progressMeter(1_000_000, () => at);
  meter(0);
  for (at = 1_000; at <= 20_000; at += 1_000) meter(500_000 + at);
  expect(meter(520_000)?.bytesPerSecond).toBeLessThan(1_100);
});

test("reports at most five times a second, and always the end", () => {
  let at = 0;
  const meter = progressMeter(100, () => at++);
  const seen = Array.from({ length: 101 }, (_, bytes) => meter(bytes)?.receivedBytes);
  expect(seen.filter((bytes) => bytes !== undefined)).toEqual([0, 100]);
});

test("does not count bytes of an earlier run in a resumed download's speed", () => {
  let at = 0;
  const meter = progressMeter(1_000, () => at);
  meter(900);
  at = 1_000;
  expect(meter(910)).toEqual({
    stage: "downloading",
    receivedBytes: 910,
    totalBytes: 1_000,
    bytesPerSecond: 10,
    secondsLeft: 9,
  });
});

test("has no rate when a download had to start again", () => {
  let at = 0;
  const meter = progressMeter(1_000, () => at);
  meter(900);
  at = 1_000;
  expect(meter(10)?.bytesPerSecond).toBeNull();
});
