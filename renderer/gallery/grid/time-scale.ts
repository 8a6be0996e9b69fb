import type { Sheet } from "./day-layout.ts";

/** A day of the sheet. */
export interface SheetDay {
  readonly day: string;
  readonly count: number;
  /** Offset of its heading from the top of the sheet, pixels. */
  readonly start: number;
}

/** The days of a sheet, in order; `startOf` returns the offset of a row. */
export function daysOf(sheet: Sheet, startOf: (row: number) => number): readonly SheetDay[] {
  return sheet.headings.flatMap((heading) => {
    const row = sheet.rows[heading];
    return row?.kind === "day" ? [{ day: row.day, count: row.count, start: startOf(heading) }] : [];
  });
}

/** Number of the day at an offset from the top in pixels; 0 if there is none. */
export function dayAt(days: readonly SheetDay[], offset: number): number {
  // Half a pixel of tolerance: browsers round scroll offsets.
  return Math.max(
    0,
    days.findLastIndex(({ start }) => start <= offset + 0.5),
  );
}

/** Number of the first day of the month before or after another day's month; the first or last day if there is none. */
export function monthBeside(days: readonly SheetDay[], from: number, step: 1 | -1): number {
  const monthAt = (index: number) => days[index]?.day.slice(0, 7);
  let index = from;
  while (index + step in days && monthAt(index) === monthAt(from)) index += step;
  const month = monthAt(index);
  if (step === 1) return index;
  while (index > 0 && monthAt(index - 1) === month) index -= 1;
  return index;
}

/** A label next to the timeline. */
export interface TimeMark {
  readonly kind: "year" | "month";
  /** `2026` or `2026-11`. */
  readonly period: string;
  /** Offset from the top of the timeline, pixels. */
  readonly at: number;
}

/**
 * The labels of a timeline of this height, at least `apart` pixels apart: first every year that there is room for, then
 * months between them. `reach` is how far the sheet scrolls, in pixels.
 */
export function marksOf(
  days: readonly SheetDay[],
  { height, reach, apart }: { height: number; reach: number; apart: number },
): readonly TimeMark[] {
  const placed: TimeMark[] = [];
  const room = height - apart;
  const place = (kind: TimeMark["kind"], length: number) => {
    let before: string | undefined;
    for (const { day, start } of days) {
      const period = day.slice(0, length);
      if (period === before) continue;
      before = period;
      const at = Math.min(1, reach > 0 ? start / reach : 0) * room;
      if (placed.every((mark) => Math.abs(mark.at - at) >= apart))
        placed.push({ kind, period, at });
    }
  };
  place("year", 4);
  place("month", 7);
  return placed.toSorted((a, b) => a.at - b.at);
}
