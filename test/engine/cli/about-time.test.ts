import { expect, test } from "vitest";
import { aboutTime } from "../../../engine/cli/about-time.ts";

test("an expected time is as exact as it can be meant", () => {
  const minute = 60;
  const hour = 60 * minute;
  const times = [3, 33, 4.2 * minute, 26 * minute, 1.54 * hour, 12.4 * hour];
  expect(times.map(aboutTime)).toEqual(["3 s", "35 s", "4 min", "25 min", "1.5 h", "12 h"]);
});
