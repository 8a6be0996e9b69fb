import { expect, test } from "vitest";
import type { Generation } from "../../../engine/contract/generation.ts";
import { secondsLeftIn } from "../../../renderer/state/time-left.ts";
import { generationOf, openOrderOf, orderOf } from "../../fakes/fake-studio-rows.ts";

function queueOf(generations: readonly Generation[]) {
  const byId = Object.fromEntries(generations.map((generation) => [generation.id, generation]));
  return { isLoaded: true, isPaused: false, byId, openIds: Object.keys(byId), pressed: [] };
}

const here = generationOf(orderOf(0), 1, { state: "running" });
const next = generationOf(orderOf(1), 2, {});
const there = generationOf(openOrderOf("a"), 3, { state: "running", target: "kt2" });
const thereNext = generationOf(openOrderOf("b"), 4, { target: "kt2" });

const drawing = { stage: "denoising", step: 10, steps: 30, secondsPerStep: 0.1 } as const;
const asking = { stage: "asking", step: 0, steps: 0, elapsedSeconds: 5 } as const;

test("parallel targets are waited for together: the slowest counts", () => {
  const queue = queueOf([here, next, there, thereNext]);
  const expected = { ...asking, expectedSeconds: 20 };
  expect(secondsLeftIn(queue, { [here.id]: drawing, [there.id]: expected })).toBe(35);
  expect(secondsLeftIn(queueOf([here, next]), { [here.id]: drawing })).toBeCloseTo(5);
});

test("an endpoint that has drawn nothing yet leaves the time unknown", () => {
  const queue = queueOf([here, there]);
  expect(secondsLeftIn(queue, { [here.id]: drawing, [there.id]: asking })).toBeUndefined();
});

test("what waits at an endpoint takes as long as its steps and size", () => {
  const atEdge = (seed: number, part: object, state: "running" | "waiting" = "waiting") =>
    generationOf({ ...orderOf(seed), ...part }, 10 + seed, { state, target: "kt2" });
  const running = atEdge(0, { steps: 20, width: 512, height: 512 }, "running");
  const slow = atEdge(1, { steps: 40, width: 512, height: 1024 });
  const now = { [running.id]: { ...asking, expectedSeconds: 20 } };
  expect(secondsLeftIn(queueOf([running, slow]), now)).toBe(15 + 80);
});
