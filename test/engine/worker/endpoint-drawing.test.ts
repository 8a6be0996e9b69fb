import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Endpoint } from "../../../engine/contract/endpoints.ts";
import type { Generation } from "../../../engine/contract/generation.ts";
import { StudioError } from "../../../engine/contract/errors.ts";
import type { Progress } from "../../../engine/contract/progress.ts";
import type { Endpoints } from "../../../engine/endpoints/endpoints.ts";
import type { SentPicture } from "../../../engine/endpoints/visit.ts";
import { pixels } from "../../../engine/image/pixels.ts";
import { EndpointDrawing } from "../../../engine/worker/endpoint-drawing.ts";

const ORDER = {
  model: "stable-diffusion",
  prompt: "a dog",
  negativePrompt: "blurry",
  steps: 20,
  guidanceScale: 7.5,
  seed: "7",
  scheduler: "ddim" as const,
  width: 64,
  height: 64,
};
const GENERATION: Generation = {
  id: "g",
  state: "running",
  order: ORDER,
  target: "edge-1",
  createdAt: "2026-11-25T12:00:00.000Z",
};
const PICTURE: SentPicture = {
  png: Uint8Array.of(1),
  pixels: pixels(2, 1, new Uint8Array(6)),
  seconds: 12,
  sent: ORDER,
};
const never = new AbortController().signal;

/** The clock stands still but for these milliseconds, so that no test depends on the machine's speed. */
const passes = (ms: number) => vi.advanceTimersByTimeAsync(ms);

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function scene(draw: Endpoints["draw"], expectedSeconds?: number) {
  const told: Progress[] = [];
  const drawing = new EndpointDrawing({
    endpoints: { get: () => ({ name: "edge" }) as Endpoint, draw },
    history: {
      expected: (target, order) =>
        expectedSeconds === undefined || target !== "edge-1" || order !== ORDER
          ? undefined
          : { seconds: expectedSeconds, pictures: 1 },
    },
    onProgress: (_, progress) => told.push(progress),
    everyMs: 10,
  });
  return { drawing, told };
}

test("a record contains what was sent, and what was reported instead", async () => {
  const { drawing } = scene(async () => ({ ...PICTURE, seed: "9", device: "cuda" }));
  const { record, target, seconds } = await drawing.draw(GENERATION, never);
  expect([target, seconds]).toEqual(["edge-1", { load: 0, text: 0, denoise: 12, decode: 0 }]);
  expect(record).toEqual({
    ...ORDER,
    seed: "9",
    width: 2,
    height: 1,
    device: "cuda",
    createdAt: expect.any(String),
    software: "Darkroom",
    version: "0.1.0",
  });
});

test("a record contains the preset and the intervals that were sent, and the reported precision", async () => {
  const sent = {
    ...ORDER,
    preset: "fast",
    precision: "int8",
    guidanceInterval: [0, 0.8] as [number, number],
    cacheInterval: 3,
    decoder: "tiny",
  } as const;
  const on = async (told: Partial<SentPicture>) => {
    const { drawing } = scene(async () => ({ ...PICTURE, sent, ...told }));
    return (await drawing.draw(GENERATION, never)).record;
  };
  const { preset, guidanceInterval, cacheInterval } = sent;
  expect(await on({ precision: "float16" })).toMatchObject({
    preset,
    guidanceInterval,
    cacheInterval,
    decoder: "tiny",
    precision: "float16",
  });
  expect(await on({})).not.toHaveProperty("precision");
});

test("what was neither sent nor reported is in no record", async () => {
  const { model, prompt, width, height } = ORDER;
  const sent = { model, prompt, negativePrompt: "", width, height, isSizeOpen: true as const };
  const { drawing } = scene(async () => ({ ...PICTURE, sent }));
  const { record } = await drawing.draw(GENERATION, never);
  expect(Object.keys(record).toSorted()).toEqual([
    "createdAt",
    "device",
    "height",
    "model",
    "negativePrompt",
    "prompt",
    "software",
    "version",
    "width",
  ]);
  expect(record).toMatchObject({ prompt: "a dog", negativePrompt: "", device: "edge" });
});

test("it reports in tenths of a second how long it has taken and will take, and which attempt it is", async () => {
  const { drawing, told } = scene(async (_id, _order, { onAttempt }) => {
    onAttempt?.(1);
    onAttempt?.(2);
    await passes(50);
    return PICTURE;
  }, 23);
  await drawing.draw(GENERATION, never);
  const [first, second] = told;
  expect(first).toEqual({
    stage: "asking",
    step: 0,
    steps: 0,
    elapsedSeconds: expect.any(Number),
    expectedSeconds: 23,
    secondsLeft: expect.any(Number),
  });
  expect(first?.elapsedSeconds).toBe(0);
  expect(first?.secondsLeft).toBe(23);
  expect(second?.attempt).toBe(2);
  // Two attempts, and five times ten milliseconds.
  expect(told.map(({ elapsedSeconds }) => elapsedSeconds).slice(2, -1)).toEqual([0, 0, 0, 0, 0.1]);
  expect(told.at(-1)).toEqual({ stage: "saving", step: 0, steps: 0 });
  const count = told.length;
  await passes(30);
  expect(told.length).toBe(count);
});

test("a failed one reports nothing afterwards", async () => {
  const refusal = new StudioError("ENDPOINT_TIMED_OUT", { status: 504 });
  const { drawing, told } = scene(() => Promise.reject(refusal));
  await expect(drawing.draw(GENERATION, never)).rejects.toBe(refusal);
  const count = told.length;
  await passes(30);
  expect(told.length).toBe(count);
});

test("a start is reported with its phases and its last time, and the picture's own time counts from its end", async () => {
  const starting = {
    elapsedSeconds: 40,
    phases: [{ phase: "no-pod" as const, fromSeconds: 0 }],
    lastSeconds: 90,
    limitSeconds: 600,
  };
  const { drawing, told } = scene(async (_id, _order, { onStarting, onOut }) => {
    onStarting?.(starting);
    await passes(30);
    onStarting?.(undefined);
    onOut?.(true);
    await passes(30);
    onOut?.(false);
    return PICTURE;
  });
  await drawing.draw(GENERATION, never);
  const start = told.find(({ stage }) => stage === "starting");
  expect(start).toEqual({ stage: "starting", step: 0, steps: 0, elapsedSeconds: 40, starting });
  const asking = told.findLast(({ stage }) => stage === "asking");
  expect(asking).toMatchObject({ isSent: true, startedSeconds: 40, elapsedSeconds: 0 });
});

test("a cancelled one says that the server may continue only if it had the request", async () => {
  const abort = new AbortController();
  for (const [isOut, thrown] of [
    [true, { code: "ENDPOINT_LEFT", details: { name: "edge" } }],
    [false, { name: "AbortError" }],
  ] as const) {
    const { drawing } = scene(async (_id, _order, { onOut, signal }) => {
      onOut?.(true);
      onOut?.(isOut);
      abort.abort();
      throw signal.reason;
    });
    await expect(drawing.draw(GENERATION, abort.signal)).rejects.toMatchObject(thrown);
  }
});
