import { expect, test } from "vitest";
import type { Generation } from "../../../../engine/contract/generation.ts";
import {
  atSeveral,
  hasSeveralTargets,
  othersOf,
  pairOf,
  shareOut,
  sizeOfPress,
} from "../../../../renderer/generate/press/several-targets.ts";
import { endpointOf } from "../../../fakes/fake-endpoints.ts";
import { generationOf, openOrderOf, orderOf } from "../../../fakes/fake-studio-rows.ts";

const paces = (...seconds: readonly (number | undefined)[]) =>
  seconds.map((one, i) => ({ target: String(i), seconds: one, waitSeconds: 0 }));

test.each([
  [8, [10, 10], [4, 4]],
  [9, [10, 20], [6, 3]],
  [1, [30, 5], [0, 1]],
  [4, [undefined, undefined], [2, 2]],
  [6, [10, 30, undefined], [4, 1, 1]],
] as const)("%i pictures at paces of %j are shared out as %j", (count, seconds, shares) => {
  expect(shareOut(count, paces(...seconds))).toEqual(shares);
});

test("a target gets less for what is already queued there", () => {
  const waits = [30, 0];
  const busy = paces(10, 10).map((pace, i) => ({ ...pace, waitSeconds: waits[i] ?? 0 }));
  expect(shareOut(6, busy)).toEqual([2, 4]);
  expect(shareOut(2, busy)).toEqual([0, 2]);
});

test("a press counts its alternatives, at every target unless they are spread", () => {
  const form = { prompt: "a {red|blue} fish", count: 3 };
  expect(sizeOfPress(form, 0, false)).toEqual({ prompts: 2, targets: 1, total: 6, here: 6 });
  expect(sizeOfPress(form, 1, false)).toEqual({ prompts: 2, targets: 2, total: 12, here: 6 });
  expect(sizeOfPress(form, 1, true)).toEqual({ prompts: 2, targets: 2, total: 6, here: undefined });
  expect(sizeOfPress({ prompt: "a fish", count: 1 }, 0, true).here).toBe(1);
});

test("other targets are those that still exist, without the form's own", () => {
  const all = ["lab", "kt2"].map((id) => endpointOf({ id }));
  const plain = { initImage: undefined };
  const chosen = ["lab", "gone", "local", "kt2"];
  expect(othersOf({ id: "lab", all }, chosen, plain)).toEqual(["local", "kt2"]);
  expect(othersOf({ id: "local", all: undefined }, ["lab", "local"], plain)).toEqual([]);
});

test("no endpoint draws a press with a start image, which it would leave out", () => {
  const all = ["lab", "kt2"].map((id) => endpointOf({ id }));
  const initImage = { id: "a".repeat(64), width: 8, height: 8, address: "/pictures/start" };
  expect(othersOf({ id: "local", all }, ["lab", "kt2"], { initImage })).toEqual([]);
});

const AT = (target: string) => ({ prompt: "a dog", seed: "7", count: 5, target });

test("what a target without seeds never draws is requested from another with the seeds of its place", () => {
  const { seed: _, ...unseeded } = AT("seed");
  const [, second] = atSeveral([AT("lab"), unseeded], [2, 3]);
  expect(second).toEqual({
    ...unseeded,
    count: 3,
    elsewhere: [{ ...AT("lab"), count: 3, seed: "9" }],
  });
});

test("the same pictures at each, or each its share with continuing seeds", () => {
  const requests = [AT("local"), AT("kt2"), AT("lab")];
  expect(atSeveral(requests, undefined)).toEqual(requests);
  expect(atSeveral(requests, [3, 0, 2])).toEqual([
    {
      ...AT("local"),
      count: 3,
      elsewhere: [
        { ...AT("kt2"), count: 3 },
        { ...AT("lab"), count: 3 },
      ],
    },
    {
      ...AT("lab"),
      count: 2,
      seed: "10",
      elsewhere: [
        { ...AT("local"), count: 2, seed: "10" },
        { ...AT("kt2"), count: 2, seed: "10" },
      ],
    },
  ]);
});

const done = (seed: string | undefined, target: string, imageId: string): Generation =>
  generationOf({ ...orderOf(0), prompt: "a dog", seed }, 1, { state: "done", target, imageId });

test("the same picture at two targets is a pair, once both are finished", () => {
  const [one, other] = [done("7", "local", "a"), done("7", "kt2", "b")];
  const later = done("8", "kt2", "c");
  expect(pairOf([one, later, other])).toEqual([one, other]);
  expect(pairOf([one, later])).toBeUndefined();
  expect(pairOf([one, generationOf(openOrderOf("a dog"), 3, { target: "kt2" })])).toBeUndefined();
});

test("one without a seed pairs with any of its prompt", () => {
  const [one, other] = [done("7", "local", "a"), done(undefined, "kt2", "b")];
  expect(pairOf([one, other])).toEqual([one, other]);
});

test("several targets are distinguished from one", () => {
  expect(hasSeveralTargets([done("7", "local", "a"), done("8", "local", "b")])).toBe(false);
  expect(hasSeveralTargets([done("7", "local", "a"), done("7", "kt2", "b")])).toBe(true);
});
