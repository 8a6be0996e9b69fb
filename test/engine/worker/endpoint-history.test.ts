import { expect, test } from "vitest";
import { EndpointHistory } from "../../../engine/worker/endpoint-history.ts";
import { RECORD } from "../../fakes/gallery.ts";

const drawn = (denoise: number) => ({
  record: RECORD,
  seconds: { load: 0, text: 0, denoise, decode: 0 },
});

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
