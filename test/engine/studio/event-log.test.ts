import * as fc from "fast-check";
import { expect, test } from "vitest";
import { EventLog, type LoggedEvent } from "../../../engine/studio/event-log.ts";
import type { StudioEvent } from "../../../engine/contract/events.ts";

/** An event that can be distinguished from others. */
function removed(name: number | string): StudioEvent {
  return { type: "images-removed", ids: [String(name)] };
}

function namesOf(events: readonly LoggedEvent[]): string[] {
  return events.map(({ event }) => (event.type === "images-removed" ? event.ids[0]! : event.type));
}

/** The next `count` events of a stream. */
async function take(stream: AsyncGenerator<LoggedEvent>, count: number): Promise<LoggedEvent[]> {
  const events: LoggedEvent[] = [];
  while (events.length < count) {
    const { value, done } = await stream.next();
    if (done === true) break;
    events.push(value);
  }
  return events;
}

test("a reader without a number starts with a reset and gets new events", async () => {
  const log = new EventLog(100);
  log.publish(removed("old"));
  const stream = log.follow(undefined);
  const [first] = await take(stream, 1);
  const next = take(stream, 2);
  log.publish(removed("a"));
  log.publish(removed("b"));
  expect([first, ...(await next)]).toEqual([
    { id: 101, event: { type: "reset" } },
    { id: 102, event: removed("a") },
    { id: 103, event: removed("b") },
  ]);
});

test("a reader with the last number gets what was missed, once", async () => {
  const log = new EventLog(0);
  for (const name of ["a", "b", "c"]) log.publish(removed(name));
  expect(namesOf(await take(log.follow(1), 2))).toEqual(["b", "c"]);
  const nothing = log.follow(3);
  const next = take(nothing, 1);
  log.publish(removed("d"));
  expect(namesOf(await next)).toEqual(["d"]);
});

test.each([
  ["of an earlier run", 99],
  ["of a run to come", 5000],
])("a number %s reads everything again", async (_, id) => {
  const log = new EventLog(1000);
  log.publish(removed("a"));
  expect(namesOf(await take(log.follow(id), 1))).toEqual(["reset"]);
});

test("a reader who was away for too long reads everything again, and another does not", async () => {
  const log = new EventLog(0);
  for (let i = 1; i <= 10_000; i++) log.publish(removed(i));
  expect(namesOf(await take(log.follow(10), 1))).toEqual(["reset"]);
  expect(namesOf(await take(log.follow(9000), 1))).toEqual(["9001"]);
});

test("a reader who stalls for too long is told so in the middle of a stream, and continues from there", async () => {
  const log = new EventLog(0);
  const stream = log.follow(0);
  for (let i = 1; i <= 10_000; i++) log.publish(removed(i));
  expect(namesOf(await take(stream, 1))).toEqual(["reset"]);
  for (let i = 1; i <= 3; i++) log.publish(removed(i));
  expect(namesOf(await take(stream, 1))).toEqual(["1"]);
  for (let i = 1; i <= 10_000; i++) log.publish(removed(i));
  const stalled = take(stream, 2);
  log.publish(removed("new"));
  expect(namesOf(await stalled)).toEqual(["reset", "new"]);
});

test("the log is limited in bytes as well: a reader who missed large events reads everything again", async () => {
  const log = new EventLog(0);
  for (let i = 1; i <= 20; i++) log.publish(removed("x".repeat(1 << 20)));
  expect(namesOf(await take(log.follow(5), 1))).toEqual(["reset"]);
  expect((await take(log.follow(14), 6)).map(({ id }) => id)).toEqual([15, 16, 17, 18, 19, 20]);
  log.publish(removed("x".repeat(9 << 20)));
  expect(await take(log.follow(20), 1)).toEqual([{ id: 21, event: { type: "reset" } }]);
});

test("a stream ends when its listener is gone, also while it waits", async () => {
  const log = new EventLog(0);
  const listener = new AbortController();
  const stream = log.follow(0, listener.signal);
  const next = stream.next();
  listener.abort();
  expect(await next).toEqual({ done: true, value: undefined });
});

test("every stream ends when the log is closed", async () => {
  const log = new EventLog(0);
  const streams = [log.follow(0), log.follow(undefined)];
  const rests = streams.map((stream) => take(stream, 10));
  log.close();
  expect((await Promise.all(rests)).map(namesOf)).toEqual([[], ["reset"]]);
});

test("cut at any points and resumed by the last number, nothing is lost and nothing comes twice", async () => {
  const rounds = fc.array(fc.tuple(fc.nat(5), fc.nat(5)), { maxLength: 20 });
  const isWhole = fc.asyncProperty(rounds, async (all) => {
    const log = new EventLog(0);
    const heard: string[] = [];
    let published = 0;
    let last = 0;
    for (const [count, listened] of all) {
      for (let i = 0; i < count; i++) log.publish(removed(++published));
      const stream = log.follow(last);
      const events = await take(stream, Math.min(listened, published - heard.length));
      await stream.return(undefined);
      heard.push(...namesOf(events));
      last = events.at(-1)?.id ?? last;
    }
    heard.push(...namesOf(await take(log.follow(last), published - heard.length)));
    expect(heard).toEqual(Array.from({ length: published }, (_, i) => String(i + 1)));
  });
  await expect(fc.assert(isWhole)).resolves.toBeUndefined();
});
