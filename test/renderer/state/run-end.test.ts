import { describe, expect, test } from "vitest";
import type { Generation } from "../../../engine/contract/generation.ts";
import { isWorthTelling, type RunEnd, watchRuns } from "../../../renderer/state/run-end.ts";
import { generationOf, orderOf } from "../../fakes/fake-studio-rows.ts";

const START = Date.parse("2026-11-24T10:00:00.000Z");

const at = (seconds: number) => new Date(START + 1000 * seconds).toISOString();

/** A generation that was drawn between these seconds of the day. */
function row(id: string, state: Generation["state"], from = 0, to = 1): Generation {
  const times = { startedAt: at(from), endedAt: at(to) };
  return { ...generationOf(orderOf(0), 0, {}), id, state, ...times };
}

/** A queue that is watched from its beginning, and the run ends that are reported. */
function watched() {
  const ends: Omit<RunEnd, "last">[] = [];
  const look = watchRuns(({ done, failed, seconds }) => ends.push({ done, failed, seconds }));
  const show = (rows: readonly Generation[], isPaused = false) =>
    look({
      byId: Object.fromEntries(rows.map((one) => [one.id, one])),
      openIds: rows
        .filter(({ state }) => state === "waiting" || state === "running")
        .map(({ id }) => id),
      isPaused,
    });
  return { ends, show };
}

describe("a run", () => {
  test("of many pictures has one end, with how many were drawn and how many failed", () => {
    const { ends, show } = watched();
    show([row("a", "running"), row("b", "waiting"), row("c", "waiting")]);
    show([row("a", "done", 0, 4), row("b", "waiting"), row("c", "waiting")]);
    show([row("a", "done", 0, 4), row("b", "running"), row("c", "waiting")]);
    expect(ends).toEqual([]);
    show([row("a", "done", 0, 4), row("b", "failed", 4, 5), row("c", "done", 5, 9)]);
    show([row("a", "done", 0, 4), row("b", "failed", 4, 5), row("c", "done", 5, 9)]);
    expect(ends).toEqual([{ done: 2, failed: 1, seconds: 9 }]);
  });

  test("ends with a pause; what waits belongs to the next one", () => {
    const { ends, show } = watched();
    show([row("a", "running"), row("b", "waiting")]);
    show([row("a", "done", 0, 4), row("b", "waiting")], true);
    expect(ends).toEqual([{ done: 1, failed: 0, seconds: 4 }]);
    show([row("a", "done", 0, 4), row("b", "running")]);
    show([row("a", "done", 0, 4), row("b", "done", 60, 62)]);
    expect(ends.slice(1)).toEqual([{ done: 1, failed: 0, seconds: 2 }]);
  });

  test("that was cancelled, or had ended before the page opened, is not reported", () => {
    const { ends, show } = watched();
    show([row("old", "done")]);
    show([row("old", "done"), row("a", "running")]);
    show([row("old", "done"), row("a", "cancelled")]);
    expect(ends).toEqual([]);
  });
});

describe("the end of a run is announced", () => {
  const rules = { notify: true, notifyWhen: "background", longRunSeconds: 10 } as const;
  const end = (seconds: number, failed = 0): RunEnd => ({
    done: 1,
    failed,
    seconds,
    last: row("a", failed > 0 ? "failed" : "done"),
  });

  test("if it was long, and the page is in the background unless it is always wanted", () => {
    const always = { ...rules, notifyWhen: "always" } as const;
    expect({
      long: isWorthTelling(end(10), rules, false),
      short: isWorthTelling(end(9), rules, false),
      looking: isWorthTelling(end(10), rules, true),
      always: isWorthTelling(end(10), always, true),
      alwaysShort: isWorthTelling(end(9), always, true),
      off: isWorthTelling(end(10), { ...rules, notify: false }, false),
    }).toEqual({
      long: true,
      short: false,
      looking: false,
      always: true,
      alwaysShort: false,
      off: false,
    });
  });

  test("if it failed while the page was in the background, however short it was", () => {
    const always = { ...rules, notifyWhen: "always" } as const;
    expect([
      isWorthTelling(end(1, 1), rules, false),
      isWorthTelling(end(1, 1), always, true),
      isWorthTelling(end(1, 1), { ...rules, notify: false }, false),
    ]).toEqual([true, false, false]);
  });
});
