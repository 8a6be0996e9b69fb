import { expect, onTestFinished, test, vi } from "vitest";
import {
  QuietChecks,
  type QuietChecksParts,
} from "../../../../engine/endpoints/watching/quiet-checks.ts";

const NOW = Date.parse("2026-11-25T12:00:00.000Z");
const MINUTE_MS = 60_000;

function scene(parts: Partial<QuietChecksParts> = {}) {
  vi.useFakeTimers({ now: NOW });
  onTestFinished(() => {
    vi.useRealTimers();
  });
  const all = [{ id: "a", checkMinutes: 5 }];
  const checked: string[] = [];
  const checks = new QuietChecks({
    list: () => all,
    check: async (id) => void checked.push(id),
    lastAt: () => NOW,
    now: () => new Date(),
    logError: () => {},
    ...parts,
  });
  checks.refresh();
  return { all, checked, checks };
}

test("one is checked at its interval, another never, and neither after it is closed", async () => {
  const { checks, checked, all } = scene();
  all.push({ id: "b", checkMinutes: 0 });
  checks.refresh();
  await vi.advanceTimersByTimeAsync(16 * MINUTE_MS);
  expect(checked).toEqual(["a", "a", "a"]);
  checks.close();
  checks.refresh();
  await vi.advanceTimersByTimeAsync(60 * MINUTE_MS);
  expect(checked.length).toBe(3);
});

test("checks missed while the studio was closed are made up for by one", async () => {
  const { checked, checks } = scene({ lastAt: () => NOW - 600 * MINUTE_MS });
  await vi.advanceTimersByTimeAsync(0);
  expect(checked).toEqual(["a"]);
  await vi.advanceTimersByTimeAsync(4 * MINUTE_MS);
  expect(checked).toEqual(["a"]);
  checks.close();
});

test("a clock set back by years delays a check by at most one period, and one that jumps ahead changes nothing", async () => {
  const { checked, checks } = scene({ lastAt: () => NOW + 1e12 });
  await vi.advanceTimersByTimeAsync(5 * MINUTE_MS);
  expect(checked).toEqual(["a"]);
  vi.setSystemTime(NOW + 1e11);
  await vi.advanceTimersByTimeAsync(4 * MINUTE_MS);
  expect(checked).toEqual(["a"]);
  checks.close();
});

test("one that is removed or switched off is not checked any more, and a new interval starts at once", async () => {
  const { all, checked, checks } = scene();
  all[0] = { id: "a", checkMinutes: 60 };
  checks.refresh();
  await vi.advanceTimersByTimeAsync(59 * MINUTE_MS);
  expect(checked).toEqual([]);
  all.length = 0;
  checks.refresh();
  await vi.advanceTimersByTimeAsync(120 * MINUTE_MS);
  expect(checked).toEqual([]);
  checks.close();
});

test("a check that fails with an internal error is logged, and the next one follows", async () => {
  const logged: unknown[] = [];
  let count = 0;
  const { checks } = scene({
    check: () => Promise.reject(new Error(`mistake ${++count}`)),
    logError: (error) => logged.push(error),
  });
  await vi.advanceTimersByTimeAsync(11 * MINUTE_MS);
  expect(logged).toEqual([new Error("mistake 1"), new Error("mistake 2")]);
  checks.close();
});
