import { expect, test } from "vitest";
import type { GenerationRecord } from "../../../engine/contract/image-record.ts";
import type { Order } from "../../../engine/contract/order.ts";
import type { DrawnPicture } from "../../../engine/worker/estimates.ts";
import { EndpointHistory } from "../../../engine/worker/endpoint-history.ts";
import { RECORD } from "../../fakes/gallery.ts";

const drawn = (denoise: number, part: Partial<GenerationRecord> = {}) => ({
  record: { ...RECORD, ...part },
  seconds: { load: 0, text: 0, denoise, decode: 0 },
});

const ORDER = { model: "sd", prompt: "a dog", negativePrompt: "", width: 512, height: 512 };

/** Seconds expected for an order after these pictures. */
async function expected(latest: readonly DrawnPicture[], part: Partial<Order> = {}) {
  const history = new EndpointHistory(async () => latest);
  await history.load(["edge"]);
  return history.expected("edge", { ...ORDER, ...part });
}

test("an endpoint takes about as long as for its latest pictures", async () => {
  const history = new EndpointHistory(async (target) =>
    target === "edge" ? [drawn(30), drawn(20), { record: RECORD }, drawn(22)] : [],
  );
  expect(history.of("edge")).toEqual({});
  await history.load(["edge", "new"]);
  expect(history.of("edge")).toEqual({ medianSeconds: 22, medianOf: 3 });
  expect(history.of("new")).toEqual({});
  history.learn("new", drawn(5));
  history.learn("local", drawn(1));
  expect([history.of("new"), history.of("local")]).toEqual([{ medianSeconds: 5, medianOf: 1 }, {}]);
});

test("of two pictures it takes the mean", async () => {
  const history = new EndpointHistory(async () => [drawn(4), drawn(10)]);
  await history.load(["edge"]);
  expect(history.of("edge")).toEqual({ medianSeconds: 7, medianOf: 2 });
});

test("its times of long ago are forgotten", async () => {
  const history = new EndpointHistory(async () => []);
  for (let i = 0; i < 40; i++) history.learn("edge", drawn(100));
  for (let i = 0; i < 30; i++) history.learn("edge", drawn(1));
  expect(history.of("edge")).toEqual({ medianSeconds: 1, medianOf: 30 });
});

const FIFTY = { steps: 50, width: 512, height: 512 } as const;

test("an order's time follows its steps and its size, where it decides them", async () => {
  const latest = [drawn(20, FIFTY)];
  expect(await expected([], { steps: 25 })).toBeUndefined();
  expect(await expected(latest, { steps: 25 })).toEqual({ seconds: 10, pictures: 1 });
  expect(await expected(latest, { steps: 50, width: 1024 })).toEqual({ seconds: 40, pictures: 1 });
  expect(await expected(latest, { width: 1024, isSizeOpen: true })).toEqual({
    seconds: 20,
    pictures: 1,
  });
});

test("pictures with an order's own settings count alone, else the five nearest", async () => {
  const far = Array.from({ length: 6 }, () => drawn(1000, { ...FIFTY, steps: 1 }));
  const near = [20, 22, 24, 26, 28].map((seconds) => drawn(seconds, FIFTY));
  expect(await expected([...far, ...near], { steps: 50 })).toEqual({ seconds: 24, pictures: 5 });
  expect(await expected([...far, ...near], { steps: 100 })).toEqual({ seconds: 48, pictures: 5 });
});

test("a preset's time is that of its own pictures", async () => {
  const { steps: _steps, ...open } = RECORD;
  const fast = {
    ...drawn(5),
    record: { ...open, width: 512, height: 512, preset: "fast" as const },
  };
  const latest = [drawn(20, FIFTY), fast];
  expect(await expected(latest, { preset: "fast" })).toEqual({ seconds: 5, pictures: 1 });
  expect(await expected(latest, { steps: 50 })).toEqual({ seconds: 20, pictures: 1 });
});
