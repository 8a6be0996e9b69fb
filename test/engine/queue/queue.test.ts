import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, onTestFinished, test } from "vitest";
import { StudioError } from "../../../engine/contract/errors.ts";
import type { Generation } from "../../../engine/contract/generation.ts";
import { Queue, type QueueChange, type QueueOptions } from "../../../engine/queue/queue.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";
import { order } from "./orders.ts";

const NOW = "2026-11-24T12:00:00.000Z";

interface Opened {
  readonly path: string;
  readonly queue: Queue;
}

function openQueue(
  path = join(temporaryFolder(), "queue.sqlite"),
  options: QueueOptions = {},
): Opened {
  const queue = Queue.open(path, { now: () => new Date(NOW), ...options });
  onTestFinished(() => queue.close());
  return { path, queue };
}

/** The queue's content, as seeds and states in order. */
function look(queue: Queue): string[] {
  return queue.list().map(({ order: { seed }, state }) => `${seed} ${state}`);
}

/** A queue with one generation of each ending, by its name. */
function endedQueue(): { readonly queue: Queue; readonly ids: Record<string, string> } {
  const { queue } = openQueue();
  const [done, failed, interrupted, cancelled] = queue.add([1, 2, 3, 4].map(order)) as [
    string,
    string,
    string,
    string,
  ];
  queue.startNext();
  queue.end(done, { state: "done", imageId: "picture" });
  queue.startNext();
  queue.end(failed, { state: "failed", error: new StudioError("OUT_OF_MEMORY", { doing: "it" }) });
  queue.startNext();
  queue.end(interrupted, { state: "interrupted" });
  queue.cancel([cancelled]);
  return { queue, ids: { done, failed, interrupted, cancelled } };
}

test("what ran when the program ended is done if its picture was stored, and otherwise interrupted", () => {
  const { path, queue } = openQueue();
  const [kept = "", lost = ""] = [
    queue.add([order(1)]),
    queue.add([order(2)], { target: "an-endpoint" }),
  ].flat();
  queue.startNext();
  queue.startNext("an-endpoint");
  const pictureOf = (id: string): string | undefined => (id === kept ? "picture" : undefined);
  const { queue: again } = openQueue(path, { pictureOf });
  const outcomes = [kept, lost]
    .map((id) => again.get(id))
    .map(({ state, imageId }) => [state, imageId]);
  expect(outcomes).toEqual([
    ["done", "picture"],
    ["interrupted", undefined],
  ]);
});

test("a new one waits with everything that was requested", () => {
  const { queue } = openQueue();
  const asked = { ...order(7), strength: 0.5, initImageId: "picture" };
  const [id] = queue.add([asked]) as [string];
  const expected: Generation = {
    id,
    state: "waiting",
    order: asked,
    target: "local",
    createdAt: NOW,
  };
  expect(queue.get(id)).toEqual(expected);
});

test("draws in the requested order, with the first in front of everything", () => {
  const { queue } = openQueue();
  queue.add([1, 2].map(order));
  queue.startNext();
  queue.add([3, 4].map(order), { isFirst: true });
  queue.add([order(5)]);
  expect(look(queue)).toEqual(["1 running", "3 waiting", "4 waiting", "2 waiting", "5 waiting"]);
});

test("never runs two at once on one target", () => {
  const { queue } = openQueue();
  queue.add([1, 2].map(order));
  queue.startNext();
  expect(() => queue.startNext()).toThrow("UNIQUE constraint failed");
  expect(look(queue)).toEqual(["1 running", "2 waiting"]);
});

test("keeps targets apart", () => {
  const { queue } = openQueue();
  queue.add([order(1)]);
  queue.add([order(2)], { target: "far" });
  expect(queue.startNext("far")?.order.seed).toBe("2");
  expect(queue.startNext()?.order.seed).toBe("1");
});

test("ended ones follow, the latest first, with their endings", () => {
  const { queue } = endedQueue();
  const ended = queue.list().map(({ state, imageId, error }) => ({ state, imageId, error }));
  const error = new StudioError("OUT_OF_MEMORY", { doing: "it" });
  expect(ended).toEqual([
    { state: "cancelled" },
    { state: "interrupted" },
    {
      state: "failed",
      error: { code: "OUT_OF_MEMORY", message: error.message, details: { doing: "it" } },
    },
    { state: "done", imageId: "picture" },
  ]);
});

test("what failed, was cancelled or interrupted waits again with its seed", () => {
  const { queue, ids } = endedQueue();
  queue.retry([ids["interrupted"]!, ids["failed"]!, ids["cancelled"]!, ids["failed"]!]);
  expect(look(queue)).toEqual(["3 waiting", "2 waiting", "4 waiting", "1 done"]);
  const again = queue.get(ids["failed"]!);
  expect(again).toEqual({
    id: ids["failed"],
    state: "waiting",
    order: order(2),
    target: "local",
    createdAt: NOW,
  });
});

test("a finished one is not tried again, and then nothing else in the call is either", () => {
  const { queue, ids } = endedQueue();
  expect(() => queue.retry([ids["failed"]!, ids["done"]!])).toThrow(
    new StudioError("STATE_CONFLICT", {
      what: "The generation",
      wanted: "waiting",
      state: "done",
    }),
  );
  expect(look(queue)).toEqual(["4 cancelled", "3 interrupted", "2 failed", "1 done"]);
});

test("cancelling removes what waits, names what runs and ignores ended ones", () => {
  const { queue } = openQueue();
  const [first, second, third] = queue.add([1, 2, 3].map(order)) as [string, string, string];
  queue.startNext();
  const running = queue.cancel([first, third, third]);
  expect({ running, rows: look(queue) }).toEqual({
    running: [first],
    rows: ["1 running", "2 waiting", "3 cancelled"],
  });
  expect(queue.cancel([third])).toEqual([]);
  queue.cancel([second]);
  expect(look(queue)).toEqual(["1 running", "2 cancelled", "3 cancelled"]);
});

test("cancelling all others lets the running one finish", () => {
  const { queue } = openQueue();
  queue.add([1, 2, 3].map(order));
  queue.startNext();
  queue.cancelOthers();
  expect(look(queue)).toEqual(["1 running", "3 cancelled", "2 cancelled"]);
});

test("moves a waiting one in front of another, or to the end", () => {
  const { queue } = openQueue();
  const [first, second, third] = queue.add([1, 2, 3].map(order)) as [string, string, string];
  queue.move(third, first);
  queue.move(second, null);
  queue.move(second, second);
  expect(look(queue)).toEqual(["3 waiting", "1 waiting", "2 waiting"]);
});

test("does not move what runs, nor in front of what runs", () => {
  const { queue } = openQueue();
  const [first, second] = queue.add([1, 2].map(order)) as [string, string];
  queue.startNext();
  const refusal = new StudioError("STATE_CONFLICT", {
    what: "The generation",
    wanted: "moved",
    state: "running",
  });
  expect(() => queue.move(first, second)).toThrow(refusal);
  expect(() => queue.move(second, first)).toThrow(refusal);
});

test("deletes ended ones and refuses to delete open ones", () => {
  const { queue, ids } = endedQueue();
  const [open] = queue.add([order(5)]) as [string];
  expect(() => queue.prune([ids["done"]!, open])).toThrow(
    new StudioError("STATE_CONFLICT", {
      what: "The generation",
      wanted: "forgotten",
      state: "waiting",
    }),
  );
  expect(queue.prune([ids["done"]!])).toEqual([ids["done"]]);
  expect(queue.prune()).toHaveLength(3);
  expect(look(queue)).toEqual(["5 waiting"]);
});

test("names a missing generation", () => {
  const { queue } = openQueue();
  const refusal = new StudioError("NOT_FOUND", { what: "generation", id: "none" });
  expect(() => queue.get("none")).toThrow(refusal);
  expect(() => queue.end("none", { state: "cancelled" })).toThrow(refusal);
  expect(() => queue.cancel(["none"])).toThrow(refusal);
  expect(() => queue.retry(["none"])).toThrow(refusal);
  expect(() => queue.prune(["none"])).toThrow(refusal);
  expect(() => queue.move("none", null)).toThrow(refusal);
});

test("survives the program: what ran is interrupted, pausing stays", () => {
  const { path, queue } = openQueue();
  queue.add([1, 2].map(order));
  queue.startNext();
  queue.setPaused(true);
  const onChange = (): void => {
    throw new Error("nobody can look at a queue that is still being opened");
  };
  const { queue: later } = openQueue(path, { onChange });
  expect({ rows: look(later), isPaused: later.isPaused }).toEqual({
    rows: ["2 waiting", "1 interrupted"],
    isPaused: true,
  });
});

test("keeps the latest ended ones over a restart, and everything that is open", () => {
  const { path, queue } = openQueue();
  const ids = queue.add([1, 2, 3, 4, 5].map(order));
  queue.cancel(ids.slice(0, 4));
  const { queue: later } = openQueue(path, { keptEnded: 2 });
  expect(look(later)).toEqual(["5 waiting", "4 cancelled", "3 cancelled"]);
});

test("reports every change once", () => {
  const changes: { changed: string[]; removed: readonly string[] }[] = [];
  const onChange = ({ changed, removed }: QueueChange): void => {
    changes.push({
      changed: changed.map(({ order: { seed }, state }) => `${seed} ${state}`),
      removed,
    });
  };
  const { queue } = openQueue(undefined, { onChange });
  const [first] = queue.add([1, 2].map(order)) as [string, string];
  queue.startNext();
  queue.end(first, { state: "cancelled" });
  queue.prune([first]);
  queue.setPaused(true);
  queue.setPaused(true);
  expect(changes).toEqual([
    { changed: ["1 waiting", "2 waiting"], removed: [] },
    { changed: ["1 running"], removed: [] },
    { changed: ["1 cancelled"], removed: [] },
    { changed: [], removed: [first] },
    { changed: [], removed: [] },
  ]);
});

test("returns a grid's pictures row by row, whatever order they were requested in, beside a damaged row", () => {
  const { path, queue } = openQueue();
  const axis = { setting: "steps", values: ["1", "2"] } as const;
  const cells = [
    [1, 1],
    [0, 1],
    [1, 0],
    [0, 0],
  ] as const;
  const grid = { id: "g", x: { ...axis, values: [...axis.values] } };
  queue.add(
    cells.map(([column, row]) => ({ ...order(row * 2 + column), grid: { ...grid, column, row } })),
  );
  const [damaged = ""] = queue.add([order(9)]);
  const database = new DatabaseSync(path);
  database.prepare("UPDATE generation SET generation_order = '{' WHERE id = ?").run(damaged);
  database.close();
  const seeds = queue.ofGrid("g").map(({ order: { seed } }) => seed);
  expect(seeds).toEqual(["0", "1", "2", "3"]);
});

test("starts empty if its file is damaged, keeps the file and says so", () => {
  const folder = temporaryFolder();
  const path = join(folder, "queue.sqlite");
  writeFileSync(path, "not a database at all, though long enough to be taken for one".repeat(99));
  const { queue } = openQueue(path);
  expect({ rows: look(queue), notices: queue.notices }).toEqual({
    rows: [],
    notices: [
      "queue.sqlite could not be used (its content is damaged), so the queue starts empty. The old file was kept as queue.damaged.sqlite.",
    ],
  });
  expect(readdirSync(folder)).toContain("queue.damaged.sqlite");
});

test("one whose request never started waits in its place for its next target, over a restart, too", () => {
  const { path, queue } = openQueue();
  const elsewhere = [[{ target: "b", order: order(8) }]];
  const [id = ""] = queue.add([order(1)], { target: "a", elsewhere });
  queue.add([order(2)], { target: "b" });
  queue.startNext("a");
  const error = new StudioError("ENDPOINT_BUSY", { status: 503, reason: "full" });
  queue.moveOn(id, error);
  const { queue: again } = openQueue(path);
  const moved = again.get(id);
  expect(moved).toMatchObject({ state: "waiting", target: "b", order: order(8) });
  expect(moved.tried).toMatchObject([{ target: "a", error: { code: "ENDPOINT_BUSY" } }]);
  expect([moved.elsewhere, moved.startedAt]).toEqual([undefined, undefined]);
  expect(again.startNext("b")?.id).toBe(id);
  // There is no further target to wait for.
  expect(() => again.moveOn(id, error)).toThrow("cannot be moved");
});

test("how many pictures a contact sheet shows is kept until the last generation of its grid is removed", () => {
  const cell = { x: { setting: "steps", values: ["1", "2"] }, row: 0 } as const;
  const x = { ...cell.x, values: [...cell.x.values] };
  const inGrid = (column: number) => ({ ...order(column), grid: { ...cell, x, id: "g", column } });
  const { path, queue } = openQueue();
  const ids = queue.add([inGrid(0), inGrid(1)]);
  queue.cancel(ids);
  expect(queue.sheets.picturesOf("g")).toBeUndefined();
  queue.sheets.put("g", 2);
  const { queue: again } = openQueue(path);
  expect(again.sheets.picturesOf("g")).toBe(2);
  again.prune(ids.slice(0, 1));
  expect(again.sheets.picturesOf("g")).toBe(2);
  again.prune(ids.slice(1));
  expect(again.sheets.picturesOf("g")).toBeUndefined();
});
