import { setTimeout as wait } from "node:timers/promises";
import { expect, test } from "vitest";
import { Turns } from "../../../engine/files/turns.ts";

test("work runs one at a time, in order, past one that fails", async () => {
  const turns = new Turns();
  const seen: string[] = [];
  const work = (name: string, pauseMs: number) =>
    turns.take(async () => {
      seen.push(`${name} begins`);
      await wait(pauseMs);
      seen.push(`${name} ends`);
      if (name === "b") throw new Error("b fails");
      return name;
    });
  const outcomes = await Promise.allSettled([work("a", 20), work("b", 5), work("c", 0)]);
  expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect(seen).toEqual(["a begins", "a ends", "b begins", "b ends", "c begins", "c ends"]);
});
