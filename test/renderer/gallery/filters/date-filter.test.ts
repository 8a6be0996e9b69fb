import { expect, test } from "vitest";
import { PERIODS, periodOf, startOf } from "../../../../renderer/gallery/filters/date-filter.tsx";

const now = new Date(2026, 2, 3, 23, 59);

test("periods start on whole days, including today", () => {
  expect(Object.fromEntries(PERIODS.map((period) => [period, startOf(period, now)]))).toEqual({
    today: "2026-03-03",
    week: "2026-02-25",
    month: "2026-02-02",
    year: "2026-01-01",
  });
});

test("a filter that equals a period is recognised", () => {
  expect(periodOf({ from: "2026-02-25" }, now)).toBe("week");
  expect(periodOf({ from: "2026-02-25", to: "2026-03-01" }, now)).toBe(undefined);
  expect(periodOf({ from: "2025-02-25" }, now)).toBe(undefined);
  expect(periodOf({}, now)).toBe(undefined);
});
