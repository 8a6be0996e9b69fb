import { DatabaseSync } from "node:sqlite";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { WatchLog } from "../../../../engine/endpoints/watching/watch-log.ts";
import { temporaryFolder } from "../../../fakes/temporary-folder.ts";

const START = Date.parse("2026-11-25T12:20:00.000Z");
const HOUR_MS = 3_600_000;

function scene() {
  const path = join(temporaryFolder(), "history.sqlite");
  const clock = { ms: START };
  const open = (): WatchLog => {
    const log = new WatchLog(path, () => new Date(clock.ms));
    onTestFinished(() => log.close());
    return log;
  };
  return { path, clock, open, log: open() };
}

function checkAt(ms: number, state: "ready" | "not-ready" = "ready") {
  return { at: new Date(ms).toISOString(), state, ms: 80 };
}

test("pictures, failures by kind, bytes and the GPU's seconds are counted, and survive a restart", () => {
  const { log, open } = scene();
  for (const seconds of [10, 20, 30]) {
    log.picture("a", { seconds, bytesOut: 100, bytesIn: 2000, gpuSeconds: seconds });
  }
  log.picture("a", { seconds: 40, gpuSeconds: 25, isGpuTold: true });
  log.picture("a", { code: "ENDPOINT_TIMED_OUT", bytesOut: 100, bytesIn: 50 });
  log.picture("b", { seconds: 1 });
  const { pictures, points } = open().stats("a", "day");
  expect(pictures).toEqual({
    done: 4,
    failed: 1,
    failures: { ENDPOINT_TIMED_OUT: 1 },
    p50: expect.closeTo(20, 0),
    p95: expect.closeTo(40, -1),
    bytesOut: 400,
    bytesIn: 6050,
    gpuSeconds: 85,
    gpuTold: 1,
  });
  expect(points.length).toBe(24);
  expect(points.at(-1)).toMatchObject({ at: "2026-11-25T12:00:00.000Z", done: 4, failed: 1 });
});

test("day, week and month each show their own", () => {
  const { log, clock } = scene();
  for (const hours of [0, 30, 24 * 8, 24 * 40]) {
    clock.ms = START - hours * HOUR_MS;
    log.picture("a", { seconds: 1 });
  }
  clock.ms = START;
  const done = (["day", "week", "month"] as const).map(
    (span) => log.stats("a", span).pictures.done,
  );
  expect(done).toEqual([1, 2, 3]);
});

test("the number of hours is limited, and a clock that jumps a year ahead and back loses none", () => {
  const { log, clock, path } = scene();
  log.picture("a", { seconds: 1 });
  clock.ms = START + 8760 * HOUR_MS;
  log.picture("a", { seconds: 1 });
  clock.ms = START;
  expect(log.stats("a", "day").pictures.done).toBe(1);
  for (let hour = 1; hour < 800; hour++) {
    clock.ms = START + hour * HOUR_MS;
    log.picture("a", { seconds: 1 });
  }
  const database = new DatabaseSync(path, { readOnly: true });
  expect(database.prepare("SELECT count(*) AS rows FROM hour").get()).toEqual({ rows: 744 });
  database.close();
});

test("background checks are kept individually as far as a sparkline needs, and counted beyond that", () => {
  const { log } = scene();
  for (let i = 0; i < 100; i++)
    log.check("a", checkAt(START + i * 1000, i < 90 ? "ready" : "not-ready"));
  expect(log.checks("a").length).toBe(60);
  expect(log.checks("a").at(-1)).toEqual(checkAt(START + 99_000, "not-ready"));
  expect(log.stats("a", "day").checks).toMatchObject({
    ready: 90,
    others: 10,
    p50: expect.closeTo(0.08, 2),
  });
});

test("a removed endpoint is deleted, and the others stay", () => {
  const { log } = scene();
  for (const id of ["a", "b"]) {
    log.picture(id, { seconds: 1 });
    log.check(id, checkAt(START));
  }
  log.forget("a");
  expect([log.stats("a", "month").pictures.done, log.checks("a")]).toEqual([0, []]);
  expect([log.stats("b", "month").pictures.done, log.checks("b").length]).toEqual([1, 1]);
});

test("rows that are damaged or from another version are skipped, and a damaged file starts empty", () => {
  const { log, path } = scene();
  log.picture("a", { seconds: 1 });
  const database = new DatabaseSync(path);
  const insert = database.prepare("INSERT INTO hour VALUES ('a', ?, ?, ?)");
  insert.run("picture", START - HOUR_MS - (START % HOUR_MS), "{");
  insert.run("picture", START - 2 * HOUR_MS - (START % HOUR_MS), '{"done":-4}');
  insert.run("upload", START - (START % HOUR_MS), '{"done":7}');
  database.prepare("INSERT INTO quiet_check VALUES ('a', 1, '{}')").run();
  database.close();
  expect(log.stats("a", "day").pictures.done).toBe(1);
  expect(log.checks("a")).toEqual([]);
});
