import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { StudioError } from "../../../engine/contract/errors.ts";
import type { Generation } from "../../../engine/contract/generation.ts";
import type { NewPicture } from "../../../engine/gallery/keep-picture.ts";
import { Queue } from "../../../engine/queue/queue.ts";
import { DrawingWorker, type DrawingWorkerParts } from "../../../engine/worker/drawing-worker.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";
import { order } from "../queue/orders.ts";

/** Stands in for a picture; the worker does not read it. */
const PICTURE = { png: new Uint8Array(8), target: "local" } as unknown as NewPicture;
const CRASH = new StudioError("INFERENCE_CRASHED", {
  doing: "running the UNet",
  reason: "SIGKILL",
});
const FULL = new StudioError("DISK_FULL", { path: "/pictures", needed: "1 MB" });

interface Scene {
  readonly queue: Queue;
  readonly worker: DrawingWorker;
  /** Seeds in drawing order. */
  readonly drawn: string[];
  /** Seeds of the pictures that were kept. */
  readonly kept: string[];
  readonly logged: unknown[];
  unloaded: number;
  /** Resolves when nothing is open any more. */
  settled(): Promise<void>;
  rows(): string[];
}

type Draw = (seed: string, signal: AbortSignal, generation: Generation) => Promise<NewPicture>;

/** A worker over a real queue; `draw` and `keep` replace device and gallery. */
function scene(
  draw: Draw = () => Promise.resolve(PICTURE),
  parts: Partial<DrawingWorkerParts> = {},
): Scene {
  const queue = Queue.open(join(temporaryFolder(), "queue.sqlite"));
  const drawn: string[] = [];
  const kept: string[] = [];
  const logged: unknown[] = [];
  const worker = new DrawingWorker({
    queue,
    draw: (generation, signal) => {
      drawn.push(generation.order.seed!);
      return draw(generation.order.seed!, signal, generation);
    },
    keep: () => {
      kept.push(drawn.at(-1) ?? "");
      return Promise.resolve(`picture ${drawn.at(-1)}`);
    },
    unload: () => self.unloaded++,
    logError: (error) => logged.push(error),
    waiting: { afterCrashMs: 60, afterRefusalMs: 20 },
    ...parts,
  });
  const self: Scene = {
    queue,
    worker,
    drawn,
    kept,
    logged,
    unloaded: 0,
    settled: () => vi.waitFor(() => expect(queue.openIds()).toEqual([]), { timeout: 5000 }),
    rows: () => queue.list().map(({ order: { seed }, state }) => `${seed} ${state}`),
  };
  onTestFinished(async () => {
    await worker.close();
    queue.close();
  });
  worker.start();
  return self;
}

/** Draws until it is aborted. */
function forever(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason as Error));
  });
}

function add({ queue, worker }: Scene, ...seeds: number[]): string[] {
  const ids = queue.add(seeds.map(order));
  worker.wake();
  return ids;
}

test("draws what waits in order, and what comes later too", async () => {
  const one = scene();
  const [first] = add(one, 1, 2);
  await one.settled();
  add(one, 3);
  await one.settled();
  expect(one.rows()).toEqual(["3 done", "2 done", "1 done"]);
  expect({ drawn: one.drawn, kept: one.kept, imageId: one.queue.get(first!).imageId }).toEqual({
    drawn: ["1", "2", "3"],
    kept: ["1", "2", "3"],
    imageId: "picture 1",
  });
});

test("a picture is stored under its generation's id", async () => {
  const names: (string | undefined)[] = [];
  const keep = ({ id }: NewPicture): Promise<string> => {
    names.push(id);
    return Promise.resolve(id ?? "");
  };
  const one = scene(undefined, { keep });
  const ids = add(one, 1, 2);
  await one.settled();
  expect(names).toEqual(ids);
});

test("one that fails keeps its reason and does not stop the rest", async () => {
  const refusal = new StudioError("OUT_OF_MEMORY", { doing: "running the UNet" });
  const one = scene((seed) => (seed === "1" ? Promise.reject(refusal) : Promise.resolve(PICTURE)));
  const [first] = add(one, 1, 2);
  await one.settled();
  expect(one.rows()).toEqual(["2 done", "1 failed"]);
  expect(one.queue.get(first!).error).toEqual({
    code: "OUT_OF_MEMORY",
    message: refusal.message,
    details: { doing: "running the UNet" },
  });
  expect(one.logged).toEqual([]);
});

test("an internal error is logged, and the row contains only its name", async () => {
  const mistake = new TypeError("x is not a function");
  const one = scene(() => Promise.reject(mistake));
  const [first] = add(one, 1);
  await one.settled();
  expect(one.queue.get(first!).error).toMatchObject({
    code: "INTERNAL",
    details: { reason: "TypeError" },
  });
  expect(one.logged).toEqual([mistake]);
});

test("a picture that could not be stored is stored at the next try without being drawn again", async () => {
  let isFull = true;
  const keep = (): Promise<string> => (isFull ? Promise.reject(FULL) : Promise.resolve("picture"));
  const one = scene(undefined, { keep });
  const [first] = add(one, 1, 2);
  await one.settled();
  expect(one.rows()).toEqual(["2 failed", "1 failed"]);
  expect(one.queue.get(first!).error).toMatchObject({ code: "DISK_FULL" });
  isFull = false;
  one.queue.retry([first!]);
  one.worker.wake();
  await one.settled();
  expect({ drawn: one.drawn, rows: one.rows() }).toEqual({
    drawn: ["1", "2"],
    rows: ["1 done", "2 failed"],
  });
});

test("a picture whose generation was deleted is not kept", async () => {
  const one = scene(undefined, { keep: () => Promise.reject(FULL) });
  const [first] = add(one, 1);
  await one.settled();
  one.worker.forget([first!]);
  one.queue.retry([first!]);
  one.worker.wake();
  await one.settled();
  expect(one.drawn).toEqual(["1", "1"]);
});

test("cancelling ends the running one, and the next starts", async () => {
  const one = scene((seed, signal) => (seed === "1" ? forever(signal) : Promise.resolve(PICTURE)));
  const [first] = add(one, 1, 2);
  await vi.waitFor(() => expect(one.drawn).toEqual(["1"]), 20_000);
  expect(one.queue.cancel([first!])).toEqual([first]);
  one.worker.cancel(first!);
  await one.settled();
  expect(one.rows()).toEqual(["2 done", "1 cancelled"]);
});

test("what was left to an endpoint's server says so, cancelled or interrupted", async () => {
  const left = new StudioError("ENDPOINT_LEFT", { name: "kt2" });
  for (const state of ["cancelled", "interrupted"] as const) {
    const { queue, worker } = scene(async (_, signal) => {
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
      throw left;
    });
    const [id = ""] = queue.add([order(1)]);
    worker.start();
    await vi.waitFor(() => expect(queue.get(id).state).toBe("running"), 20_000);
    if (state === "cancelled") worker.cancel(id);
    else await worker.close();
    await vi.waitFor(() => expect(queue.get(id).state).toBe(state), 20_000);
    expect(queue.get(id).error?.code).toBe("ENDPOINT_LEFT");
    queue.retry([id]);
    expect(queue.get(id).error).toBeUndefined();
    await worker.close();
  }
});

test("cancelling what does not run changes nothing", async () => {
  const gate = Promise.withResolvers<NewPicture>();
  const one = scene(() => gate.promise);
  add(one, 1);
  one.worker.cancel("another");
  gate.resolve(PICTURE);
  await one.settled();
  expect(one.rows()).toEqual(["1 done"]);
});

test("pausing lets the running one finish, starts nothing and releases the model", async () => {
  const gate = Promise.withResolvers<NewPicture>();
  const one = scene(() => gate.promise);
  add(one, 1, 2);
  await vi.waitFor(() => expect(one.drawn).toEqual(["1"]), 20_000);
  one.queue.setPaused(true);
  one.worker.wake();
  gate.resolve(PICTURE);
  await vi.waitFor(() => expect(one.unloaded).toBeGreaterThan(0), 20_000);
  expect(one.rows()).toEqual(["2 waiting", "1 done"]);
  one.queue.setPaused(false);
  one.worker.wake();
  await one.settled();
  expect(one.rows()).toEqual(["2 done", "1 done"]);
});

test("closing interrupts the running one and leaves the rest waiting", async () => {
  const one = scene((_, signal) => forever(signal));
  add(one, 1, 2);
  await vi.waitFor(() => expect(one.drawn).toEqual(["1"]), 20_000);
  await one.worker.close();
  expect(one.rows()).toEqual(["2 waiting", "1 interrupted"]);
});

test.each([
  ["crash", CRASH],
  ["picture without a device", new StudioError("DEVICE_UNAVAILABLE", { device: "auto" })],
])("after the third %s in a row it waits before it starts the next", async (_, end) => {
  const times: number[] = [];
  const one = scene(() => {
    times.push(performance.now());
    return times.length <= 3 ? Promise.reject(end) : Promise.resolve(PICTURE);
  });
  add(one, 1, 2, 3, 4);
  await one.settled();
  const waits = times.slice(1).map((time, i) => time - times[i]! >= 55);
  expect({ waits, rows: one.rows() }).toEqual({
    waits: [false, false, true],
    rows: ["4 done", "3 failed", "2 failed", "1 failed"],
  });
});

test("a queue that cannot be written for a while loses nothing", async () => {
  const one = scene();
  let refusals = 3;
  const end = one.queue.end.bind(one.queue);
  one.queue.end = (...args) => {
    if (refusals-- > 0) throw FULL;
    end(...args);
  };
  add(one, 1);
  await one.settled();
  expect({ rows: one.rows(), kept: one.kept, logged: one.logged }).toEqual({
    rows: ["1 done"],
    kept: ["1"],
    logged: [FULL, FULL, FULL],
  });
});

test("a log that cannot be written does not stop the queue", async () => {
  const logError = (): never => {
    throw new Error("EPIPE");
  };
  const one = scene(
    (seed) => (seed === "1" ? Promise.reject(new TypeError("x")) : Promise.resolve(PICTURE)),
    { logError },
  );
  add(one, 1, 2);
  await one.settled();
  expect(one.rows()).toEqual(["2 done", "1 failed"]);
});
