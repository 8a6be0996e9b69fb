import { setTimeout as delay } from "node:timers/promises";
import { expect, test, vi } from "vitest";
import { AdmissionQueue } from "../../../engine/serving/admission-queue.ts";
import type { Caller } from "../../../engine/serving/caller.ts";
import type { PictureEvent, PictureJob } from "../../../engine/serving/picture-engine.ts";
import { requestSchema } from "../../../engine/contract/request.ts";

/** A fake that draws when and as long as the test says. */
class HeldEngine {
  readonly began: string[] = [];
  readonly ended: string[] = [];
  readonly keeps: boolean[] = [];
  seconds: number | undefined = undefined;
  busy = 0;
  #finish: () => void = () => {};

  async *draw(job: PictureJob, signal: AbortSignal): AsyncGenerator<PictureEvent, void> {
    const name = job.requests[0]!.prompt;
    this.began.push(name);
    this.keeps.push(job.keepsPictures);
    const finished = Promise.withResolvers<void>();
    this.#finish = finished.resolve;
    finished.promise.catch(() => undefined);
    signal.addEventListener("abort", () => finished.reject(signal.reason));
    if (signal.aborted) finished.reject(signal.reason);
    yield { kind: "progress", image: 0, step: 1, steps: 2, preview: async () => undefined };
    await finished.promise;
    this.ended.push(name);
  }

  expectedSeconds(): Promise<number | undefined> {
    return Promise.resolve(this.seconds);
  }

  busySeconds(): number {
    return this.busy;
  }

  /** Finishes the current picture and waits for the next. */
  async finish(): Promise<void> {
    const before = this.began.length;
    this.#finish();
    await vi.waitFor(() => {
      if (this.ended.length !== before) throw new Error("it is being drawn");
    }, 20_000);
    await delay(1);
  }
}

function queue(settings: { queueLength?: number; timeLimitSeconds?: number | null } = {}) {
  const engine = new HeldEngine();
  const kept = { queueLength: 10, timeLimitSeconds: null, ...settings };
  const clock = { ms: 0 };
  const admission = new AdmissionQueue({ engine, settings: () => kept, nowMs: () => clock.ms });
  return { engine, admission, clock };
}

function caller(id: string): Caller {
  return {
    id,
    scopes: new Set(["inference"]),
    isSeedProfile: false,
    keepsPictures: id === "keeper",
  };
}

interface Asking {
  readonly signal?: AbortSignal;
  readonly timeLimitSeconds?: number;
  readonly onStart?: () => void;
}

/** Enters the queue like a route, and returns the result. */
function ask(
  admission: AdmissionQueue,
  name: string,
  by = "a",
  asking: Asking = {},
): Promise<unknown> {
  const requests = [requestSchema.parse({ prompt: name })];
  const { signal = new AbortController().signal } = asking;
  const drawing = async (): Promise<string> => {
    for await (const event of admission.draw({
      job: { requests },
      caller: caller(by),
      ...asking,
      signal,
    })) {
      expect(event.kind).toBe("progress");
    }
    return "drawn";
  };
  return drawing().catch((error: unknown) => error);
}

test("one picture is drawn at a time, callers in turn", async () => {
  const { engine, admission } = queue();
  const all = [
    ask(admission, "a1"),
    ask(admission, "a2"),
    ask(admission, "a3"),
    ask(admission, "b1", "b"),
  ];
  await vi.waitFor(() => expect(engine.began).toEqual(["a1"]), 20_000);
  expect([admission.waiting, admission.isDrawing]).toEqual([3, true]);
  for (let i = 0; i < 4; i++) await engine.finish();
  expect(await Promise.all(all)).toEqual(["drawn", "drawn", "drawn", "drawn"]);
  expect(engine.ended).toEqual(["a1", "b1", "a2", "a3"]);
  expect([admission.waiting, admission.isDrawing]).toEqual([0, false]);
});

test("beyond its length it refuses at once, with the seconds until a place is free", async () => {
  const { engine, admission, clock } = queue({ queueLength: 2 });
  engine.seconds = 30;
  engine.busy = 4;
  const drawn = ask(admission, "a1");
  await vi.waitFor(() => expect(engine.began).toEqual(["a1"]), 20_000);
  const waiting = [ask(admission, "a2"), ask(admission, "a3")];
  clock.ms = 10_500;
  expect(await ask(admission, "a4")).toMatchObject({
    code: "QUEUE_FULL",
    status: 503,
    details: { waiting: 2, seconds: 24 },
  });
  clock.ms = 1_000_000;
  engine.busy = 0;
  expect(await ask(admission, "a5")).toMatchObject({ details: { seconds: 1 } });
  for (let i = 0; i < 3; i++) await engine.finish();
  expect(await Promise.all([drawn, ...waiting])).toEqual(["drawn", "drawn", "drawn"]);
});

test("one caller cannot block another", async () => {
  const { engine, admission } = queue({ queueLength: 2 });
  const all = ["a1", "a2", "a3"].map((name) => ask(admission, name));
  await vi.waitFor(() => expect(engine.began).toEqual(["a1"]), 20_000);
  const other = ask(admission, "b1", "b");
  expect(await all[2]).toMatchObject({ code: "QUEUE_FULL" });
  for (let i = 0; i < 3; i++) await engine.finish();
  expect([await other, engine.ended]).toEqual(["drawn", ["a1", "b1", "a2"]]);
});

test("what would take longer than the limit is refused before it waits", async () => {
  const { engine, admission } = queue({ timeLimitSeconds: 50 });
  engine.seconds = 30;
  const first = ask(admission, "a1");
  await vi.waitFor(() => expect(engine.began).toEqual(["a1"]), 20_000);
  expect(await ask(admission, "a2")).toMatchObject({
    code: "TIME_LIMIT",
    status: 503,
    details: { expected: 60, limit: 50, seconds: 10 },
  });
  expect(admission.waiting).toBe(0);
  expect(await ask(admission, "a3", "a", { timeLimitSeconds: 20 })).toMatchObject({
    // The picture alone takes longer, so waiting would not help.
    code: "LIMIT_TOO_SHORT",
    status: 400,
    details: { expected: 30, limit: 20 },
  });
  await engine.finish();
  expect(await first).toBe("drawn");
});

test("without a limit nothing is refused, however long it takes", async () => {
  const { engine, admission } = queue();
  engine.seconds = 1e6;
  const all = [ask(admission, "a1"), ask(admission, "a2")];
  for (let i = 0; i < 2; i++) {
    await vi.waitFor(() => expect(engine.began.length).toBe(i + 1), 20_000);
    await engine.finish();
  }
  expect(await Promise.all(all)).toEqual(["drawn", "drawn"]);
});

test("a limit longer than a timer can wait for means none", async () => {
  const { engine, admission } = queue();
  const drawn = ask(admission, "a1", "a", { timeLimitSeconds: 10_000_000 });
  await vi.waitFor(() => expect(engine.began).toEqual(["a1"]), 20_000);
  await delay(10);
  await engine.finish();
  expect(await drawn).toBe("drawn");
});

test("a limit that passes during drawing, or waiting, ends it by name", async () => {
  const { engine, admission } = queue();
  const long = ask(admission, "long", "a", { timeLimitSeconds: 0.05 });
  const waiting = ask(admission, "waiting", "b", { timeLimitSeconds: 0.04 });
  expect(await waiting).toMatchObject({ code: "TIMED_OUT", status: 504, details: { limit: 0.04 } });
  expect(await long).toMatchObject({ code: "TIMED_OUT", details: { limit: 0.05 } });
  expect([engine.began, admission.waiting, admission.isDrawing]).toEqual([["long"], 0, false]);
});

test("a client that disconnects frees its place in the queue at once, and the device as it ends", async () => {
  const { engine, admission } = queue();
  const gone = [new AbortController(), new AbortController()];
  const all = gone.map(({ signal }, i) => ask(admission, `a${i}`, "a", { signal }));
  const last = ask(admission, "last");
  await vi.waitFor(() => expect(engine.began).toEqual(["a0"]), 20_000);
  gone[1]!.abort(new Error("gone"));
  expect(admission.waiting).toBe(1);
  gone[0]!.abort(new Error("gone"));
  await vi.waitFor(() => expect(engine.began).toEqual(["a0", "last"]), 20_000);
  await engine.finish().catch(() => undefined);
  expect(await Promise.all([...all, last])).toEqual([
    new Error("gone"),
    new Error("gone"),
    "drawn",
  ]);
});

test("a reader that leaves in the middle frees the device", async () => {
  const { engine, admission } = queue();
  const requests = [requestSchema.parse({ prompt: "a1" })];
  const { signal } = new AbortController();
  for await (const _ of admission.draw({ job: { requests }, caller: caller("a"), signal })) break;
  expect(admission.isDrawing).toBe(false);
  const next = ask(admission, "a2");
  await vi.waitFor(() => expect(engine.began).toEqual(["a1", "a2"]), 20_000);
  expect(admission.isDrawing).toBe(true);
  await admission.close();
  expect(await next).toMatchObject({ code: "SERVER_CLOSING", status: 503 });
});

test("it is notified when its turn has come, and whether its pictures are kept", async () => {
  const { engine, admission } = queue();
  const onStart = vi.fn<() => void>();
  const first = ask(admission, "a1", "a");
  const second = ask(admission, "a2", "keeper", { onStart });
  await vi.waitFor(() => expect(engine.began).toEqual(["a1"]), 20_000);
  expect(onStart).not.toHaveBeenCalled();
  await engine.finish();
  await vi.waitFor(() => expect(onStart).toHaveBeenCalledOnce(), 20_000);
  await engine.finish();
  expect([await first, await second, engine.keeps]).toEqual(["drawn", "drawn", [false, true]]);
});

test("a signal that has already fired requests nothing", async () => {
  const { engine, admission } = queue();
  const signal = AbortSignal.abort(new Error("gone"));
  expect(await ask(admission, "a1", "a", { signal })).toEqual(new Error("gone"));
  expect([engine.began, admission.waiting]).toEqual([[], 0]);
});
