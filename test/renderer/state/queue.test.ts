import { beforeEach, describe, expect, test } from "vitest";
import type { Generation } from "../../../engine/contract/generation.ts";
import {
  forgetGenerations,
  keepPlaces,
  mergeGenerations,
  newestFirst,
  orderQueue,
  replaceQueue,
  runningOf,
  useQueue,
} from "../../../renderer/state/queue.ts";
import { positionIn, secondsLeftIn } from "../../../renderer/state/time-left.ts";
import { generationOf, orderOf } from "../../fakes/fake-studio-rows.ts";

function row(id: string, change: Partial<Generation> = {}): Generation {
  return {
    ...generationOf(orderOf(0), 0, {}),
    id,
    createdAt: `2026-11-24T10:00:0${id}.000Z`,
    ...change,
  };
}

const openIds = () => useQueue.getState().openIds;

beforeEach(() => useQueue.setState(useQueue.getInitialState(), true));

describe("the queue", () => {
  test("puts new rows last until their order is reported", () => {
    replaceQueue({ isPaused: false, generations: [row("1", { state: "running" })] });
    mergeGenerations([row("2"), row("3")]);
    expect(openIds()).toEqual(["1", "2", "3"]);
    orderQueue(true, ["1", "3", "2"]);
    expect([openIds(), useQueue.getState().isPaused]).toEqual([["1", "3", "2"], true]);
  });

  test("removes what has ended, and adds what is tried again", () => {
    replaceQueue({ isPaused: false, generations: [row("1"), row("2")] });
    mergeGenerations([row("1", { state: "failed" })]);
    expect(openIds()).toEqual(["2"]);
    mergeGenerations([row("1")]);
    expect(openIds()).toEqual(["2", "1"]);
    forgetGenerations(["2"]);
    expect(newestFirst(useQueue.getState()).map(({ id }) => id)).toEqual(["1"]);
  });

  test("keeps a placeholder for each requested picture, until its row arrives", () => {
    const giveUp = keepPlaces([row("8"), row("9")]);
    expect(newestFirst(useQueue.getState())).toHaveLength(2);
    mergeGenerations([row("1")]);
    expect(newestFirst(useQueue.getState()).map(({ id }) => id)).toEqual(["9", "1"]);
    mergeGenerations([row("1", { state: "running" })]);
    expect(newestFirst(useQueue.getState())).toHaveLength(2);
    giveUp();
    expect(newestFirst(useQueue.getState()).map(({ id }) => id)).toEqual(["1"]);
  });

  test("shows those of one press in drawing order, the last one first", () => {
    const createdAt = "2026-11-24T10:00:00.000Z";
    const ended = { createdAt, state: "done" } as const;
    const generations = [
      row("b", { createdAt, state: "running" }),
      row("c", { createdAt }),
      row("a", { createdAt }),
      row("z", { ...ended, endedAt: "2026-11-24T10:00:05.000Z" }),
      row("y", { ...ended, endedAt: "2026-11-24T10:00:08.000Z" }),
    ];
    replaceQueue({ isPaused: false, generations });
    expect(
      newestFirst(useQueue.getState())
        .map(({ id }) => id)
        .join(""),
    ).toBe("acbyz");
  });

  test("knows which one is being drawn, wherever it is", () => {
    replaceQueue({ isPaused: false, generations: [row("1"), row("2", { state: "running" })] });
    expect(runningOf(useQueue.getState())?.id).toBe("2");
  });
});

describe("the position in the queue", () => {
  const running = row("2", { state: "running" });
  const generations = [
    running,
    row("3"),
    row("1", { state: "done", endedAt: "2026-11-24T10:00:09.000Z" }),
    row("0", { state: "done", endedAt: "2026-11-24T09:00:00.000Z" }),
  ];

  test("counts what has ended since the oldest open one was requested", () => {
    replaceQueue({ isPaused: false, generations });
    expect(positionIn(useQueue.getState())).toEqual({ position: 2, total: 3 });
    replaceQueue({ isPaused: false, generations: [] });
    expect(positionIn(useQueue.getState())).toBeUndefined();
  });

  test("adds what waits to what is left of the running one, by pixels", () => {
    const large = row("3", { order: { ...orderOf(0), width: 256, height: 128, steps: 10 } });
    replaceQueue({ isPaused: false, generations: [running, large] });
    const now = { stage: "denoising", step: 10, steps: 30, secondsPerStep: 0.5 } as const;
    expect(secondsLeftIn(useQueue.getState(), { "2": now })).toBeCloseTo(20 * 0.5 + 10 * 1);
    expect(secondsLeftIn(useQueue.getState(), {})).toBeUndefined();
  });
});
