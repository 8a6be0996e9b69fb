import { expect, test } from "vitest";
import type { Generation } from "../../../engine/contract/generation.ts";
import { lookedAt } from "../../../renderer/state/selection.ts";
import { useQueue } from "../../../renderer/state/queue.ts";
import { generationOf, orderOf } from "../../fakes/fake-studio-rows.ts";

const done = generationOf(orderOf(0), 1, { state: "done" });
const waiting = generationOf(orderOf(1), 2, {});
const running = generationOf(orderOf(2), 3, { state: "running" });
const pressed = { ...generationOf(orderOf(3), 0, {}), id: "pressed-1" };

function queueOf(rows: readonly Generation[], places: readonly Generation[] = []) {
  const open = rows.filter(({ state }) => state === "waiting" || state === "running");
  return {
    ...useQueue.getInitialState(),
    byId: Object.fromEntries(rows.map((row) => [row.id, row])),
    openIds: open.map(({ id }) => id),
    pressed: places,
  };
}

test("the chosen one is looked at; else what runs, what is next, what was pressed, the newest", () => {
  expect(lookedAt(queueOf([done, waiting, running], [pressed]), done.id)).toBe(done);
  expect(lookedAt(queueOf([done, waiting, running], [pressed]), "gone")).toBe(running);
  expect(lookedAt(queueOf([done, waiting], [pressed]), undefined)).toBe(waiting);
  expect(lookedAt(queueOf([done], [pressed]), undefined)).toBe(pressed);
  expect(lookedAt(queueOf([done]), undefined)).toBe(done);
  expect(lookedAt(queueOf([]), undefined)).toBeUndefined();
});
