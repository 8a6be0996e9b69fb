/** Stretches of time that are asked for often. */
export const PERIODS = ["today", "week", "month", "year"] as const;
export type Period = (typeof PERIODS)[number];

/** The first day of a period that ends today, as the address has it: 2026-11-24. */
export function startOf(period: Period, now: Date): string {
  const [year, month, day] = [now.getFullYear(), now.getMonth(), now.getDate()];
  const start = {
    today: new Date(year, month, day),
    week: new Date(year, month, day - 6),
    month: new Date(year, month, day - 29),
    year: new Date(year, 0, 1),
  }[period];
  return [start.getFullYear(), start.getMonth() + 1, start.getDate()]
    .map((part) => String(part).padStart(2, "0"))
    .join("-");
}

/** The period that a filter stands for; undefined where it is another stretch. */
export function periodOf(
  { from, to }: { from?: string | undefined; to?: string | undefined },
  now: Date,
): Period | undefined {
  if (from === undefined || to !== undefined) return undefined;
  return PERIODS.find((period) => startOf(period, now) === from);
}
