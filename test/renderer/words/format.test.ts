import { expect, test } from "vitest";
import {
  formatAbout,
  formatBytes,
  formatClock,
  formatDay,
  formatDuration,
  formatEnd,
  formatReadAt,
  formatShortDay,
  formatSpeed,
  formatWhen,
} from "../../../renderer/words/format.ts";

const NOW = new Date("2026-11-24T12:00:00");
const ago = (seconds: number) => new Date(NOW.getTime() - 1000 * seconds).toISOString();

test("sizes are decimal with one digit, and their units stay beside them", () => {
  const sizes = [0, 1, 999, 1000, 33_100_000, 5_160_000_000, 2e15];
  expect(sizes.map(formatBytes)).toEqual([
    "0\u00A0B",
    "1\u00A0B",
    "999\u00A0B",
    "1.0\u00A0kB",
    "33.1\u00A0MB",
    "5.2\u00A0GB",
    "2000.0\u00A0TB",
  ]);
});

test("an expected time is rounded as far as it is known", () => {
  const times = [0.4, 2.4, 12.4, 54, 58, 205, 570, 1466, 3420, 3500, 9000, 44_600];
  expect(times.map((seconds) => formatAbout(seconds).replace("\u00a0", " "))).toEqual([
    "1 s",
    "2 s",
    "10 s",
    "55 s",
    "1 min",
    "3 min",
    "10 min",
    "25 min",
    "55 min",
    "1 h",
    "2.5 h",
    "12 h",
  ]);
});

test("durations are as people say them", () => {
  const durations = [0.84, 9.94, 12.4, 59.6, 60, 200, 3600, 3900];
  expect(durations.map(formatDuration)).toEqual([
    "0.8 s",
    "9.9 s",
    "12 s",
    "1 min",
    "1 min",
    "3 min 20 s",
    "1 h",
    "1 h 5 min",
  ]);
});

test("a clock counts down, and never below zero", () => {
  expect([-3, 2, 41, 725, 3729].map(formatClock)).toEqual([
    "0:00",
    "0:02",
    "0:41",
    "12:05",
    "1:02:09",
  ]);
});

test("speed is steps a second, or seconds a step if that is the larger number", () => {
  expect([0.16, 1, 33.2].map(formatSpeed)).toEqual(["6.3 it/s", "1.0 s/it", "33.2 s/it"]);
});

test("dates are relative for a week and absolute after", () => {
  const dates = [10, 300, 7200, 86_400, 5 * 86_400, 9 * 86_400].map((age) =>
    formatWhen(ago(age), NOW),
  );
  expect(dates).toEqual([
    "just now",
    "5 min ago",
    "2 hr ago",
    "yesterday",
    "5 days ago",
    "15 November 2026",
  ]);
});

test("days have names for a week", () => {
  const days = ["2026-11-24", "2026-11-23", "2026-11-20", "2026-03-03"];
  expect(days.map((day) => formatDay(day, NOW))).toEqual([
    "Today",
    "Yesterday",
    "Friday",
    "3 March 2026",
  ]);
});

test("a short day has its year only if that is a different one", () => {
  expect(["2026-11-03", "2025-11-03"].map((day) => formatShortDay(day, NOW))).toEqual([
    "3 Nov",
    "3 Nov 2025",
  ]);
});

test("an end is shown by its distance, and by its date if it is far", () => {
  const ends = [-3600 * 24 * 3, -600, 36 * 60, 26 * 3600, 5 * 86_400, 300 * 86_400];
  expect(ends.map((seconds) => formatEnd(ago(-seconds), NOW))).toEqual([
    "3 days ago",
    "10 minutes ago",
    "in 36 minutes",
    "in 26 hours",
    "in 5 days",
    "on 20 September 2027",
  ]);
});

test("what was read has a time of day, and a date on another day", () => {
  const at = (iso: string) => formatReadAt(Date.parse(iso), NOW);
  expect(at("2026-11-24T09:05:59")).toBe("09:05");
  expect(at("2026-11-23T23:59:00")).toBe("23:59 on 23 November 2026");
});
