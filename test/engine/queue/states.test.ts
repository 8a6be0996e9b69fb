import { expect, test } from "vitest";
import { GENERATION_STATES } from "../../../engine/contract/generation.ts";
import { canBecome, conflict, isOpen } from "../../../engine/queue/states.ts";

test("a generation can only change state in these ways", () => {
  const ways = GENERATION_STATES.flatMap((from) =>
    GENERATION_STATES.filter((to) => canBecome(from, to)).map((to) => `${from} > ${to}`),
  );
  expect(ways).toEqual([
    "waiting > running",
    "waiting > cancelled",
    "running > done",
    "running > failed",
    "running > cancelled",
    "running > interrupted",
    "failed > waiting",
    "cancelled > waiting",
    "interrupted > waiting",
  ]);
});

test("only what waits or runs is open", () => {
  expect(GENERATION_STATES.filter(isOpen)).toEqual(["waiting", "running"]);
});

test("says what prevents a change", () => {
  expect(conflict("done", "forgotten").message).toMatch(
    /^The generation cannot be forgotten: it is done\./,
  );
});
