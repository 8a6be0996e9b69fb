import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { assert, constant, json, oneof, property, record, string } from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { generationSchema } from "../../../engine/contract/generation.ts";
import { Queue } from "../../../engine/queue/queue.ts";
import { isReadable, readRow } from "../../../engine/queue/row.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";
import { order } from "./orders.ts";

const ROW = {
  id: "0f0c",
  state: "failed",
  place: 1,
  generation_order: JSON.stringify(order(7)),
  target: "local",
  created_at: "2026-11-24T12:00:00.000Z",
  started_at: null,
  ended_at: null,
  image_id: null,
  error: JSON.stringify({ code: "NOT_FOUND", message: "Gone.", details: {} }),
};

const newer = JSON.stringify({ ...order(7), scheduler: "cold-fusion", tiles: 4 });

test.each([
  [{}, "failed", "Gone."],
  [
    { error: JSON.stringify({ code: "MOON_FULL", message: "The moon is full.", details: {} }) },
    "failed",
    "It failed for a reason that this version of Darkroom does not know (MOON_FULL): The moon is full. Try again, or look at it with the version that wrote it.",
  ],
  [
    { state: "waiting", generation_order: newer },
    "failed",
    "This generation cannot be read: this version of Darkroom cannot use its scheduler. If a newer version of Darkroom wrote it, use that version; otherwise remove it.",
  ],
  [{ state: "done", error: null, generation_order: newer }, "done", undefined],
  [
    { state: "dreaming" },
    "failed",
    expect.stringMatching(
      /^This generation cannot be read: this version .* cannot use its state\./,
    ),
  ],
  [
    { state: "running", generation_order: `${JSON.stringify(order(7)).slice(0, 40)}\u0001` },
    "failed",
    expect.stringMatching(/^This generation cannot be read: its order is damaged\./),
  ],
  [
    { created_at: "yesterday" },
    "failed",
    expect.stringMatching(/^This generation cannot be read: it is damaged\./),
  ],
])("reads %j", (change, state, message) => {
  const generation = readRow({ ...ROW, ...change });
  expect({ state: generation.state, message: generation.error?.message }).toEqual({
    state,
    message,
  });
  expect(generationSchema.parse(generation).id).toBe(ROW.id);
});

test("whatever a row contains, a page can show it", () => {
  const text = oneof(string(), json(), constant(null));
  const bytes = record(
    { state: text, generation_order: text, created_at: text, image_id: text, error: text },
    { requiredKeys: [] },
  );
  assert(
    property(bytes, (change) => {
      expect(generationSchema.safeParse(readRow({ ...ROW, ...change })).success).toBe(true);
    }),
  );
});

/** A queue with one waiting row that cannot be read, between two that can. */
function mixedQueue(state = "waiting") {
  const path = join(temporaryFolder(), "queue.sqlite");
  const first = Queue.open(path);
  const ids = first.add([1, 2, 3].map(order));
  first.close();
  const database = new DatabaseSync(path);
  database
    .prepare("UPDATE generation SET generation_order = ?, state = ? WHERE id = ?")
    .run(newer, state, ids[1] ?? "");
  database.close();
  const queue = Queue.open(path, { keptEnded: 0 });
  onTestFinished(() => queue.close());
  const stored = () => {
    const reading = new DatabaseSync(path, { readOnly: true });
    const row = reading.prepare("SELECT * FROM generation WHERE id = ?").get(ids[1] ?? "");
    reading.close();
    return row && { order: row["generation_order"], state: row["state"] };
  };
  return { queue, ids: ids as [string, string, string], stored };
}

test("a row that cannot be read is listed, counted and kept unchanged, and never drawn", () => {
  const { queue, ids, stored } = mixedQueue();
  expect(queue.notices).toEqual([
    "One generation in the queue could not be read. It is kept, but not used.",
  ]);
  expect(queue.list().map(({ id, state }) => [id, state])).toEqual([
    [ids[0], "waiting"],
    [ids[2], "waiting"],
    [ids[1], "failed"],
  ]);
  expect(queue.openIds()).toEqual([ids[0], ids[2]]);
  expect([queue.startNext()?.id, queue.cancel([ids[0]])]).toEqual([ids[0], [ids[0]]]);
  queue.end(ids[0], { state: "cancelled" });
  queue.cancelOthers();
  expect([queue.waitingTargets(), queue.startNext()]).toEqual([[], undefined]);
  expect(new Set(queue.prune())).toEqual(new Set([ids[0], ids[2]]));
  expect(() => queue.retry([ids[1]])).toThrow("cannot use its scheduler");
  expect(stored()).toEqual({ order: newer, state: "waiting" });
  expect(isReadable(queue.get(ids[1]))).toBe(false);
});

test("only the user can remove it", () => {
  const { queue, ids, stored } = mixedQueue();
  queue.prune([ids[1]]);
  expect(stored()).toBeUndefined();
});

test("one that ran is interrupted, with everything else kept, and one with an unknown state stays", () => {
  expect(mixedQueue("running").stored()).toEqual({ order: newer, state: "interrupted" });
  expect(mixedQueue("dreaming").stored()).toEqual({ order: newer, state: "dreaming" });
});
