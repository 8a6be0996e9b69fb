import { expect, test } from "vitest";
import type { Image } from "../../../engine/contract/gallery.ts";
import { compareRecords } from "../../../renderer/picture/differences.ts";
import { RECORD } from "../../fakes/gallery.ts";

function image(record: Partial<Image["record"]>): Image {
  return {
    id: "a",
    address: "/a",
    thumbnail: "/t",
    fileName: "a.png",
    sizeBytes: 1,
    record: { ...RECORD, ...record },
    target: "local",
    createdAt: "2026-11-24T12:00:00.000Z",
    isStarred: false,
    rating: 0,
    tags: [],
    albums: [],
    isTrashed: false,
    isMissing: false,
  };
}

test("what differs comes first, and what neither has is left out", () => {
  const [left, right] = [image({}), image({ seed: "43", negativePrompt: "", strength: 0.5 })];
  expect(compareRecords(left, right)).toEqual([
    { name: "negativePrompt", left: "blurry", right: undefined, isSame: false },
    { name: "seed", left: "42", right: "43", isSame: false },
    { name: "strength", left: undefined, right: "0.5", isSame: false },
    { name: "prompt", left: "a red fish", right: "a red fish", isSame: true },
    { name: "size", left: "4 × 2", right: "4 × 2", isSame: true },
    { name: "steps", left: "30", right: "30", isSame: true },
    { name: "guidanceScale", left: "7.5", right: "7.5", isSame: true },
    { name: "scheduler", left: "ddim", right: "ddim", isSame: true },
    { name: "model", left: "starter", right: "starter", isSame: true },
    { name: "device", left: "cpu", right: "cpu", isSame: true },
  ]);
});

test("a setting that only one has differs", () => {
  const [full, ...rest] = compareRecords(image({ cacheInterval: 2 }), image({}));
  expect(full).toEqual({ name: "cacheInterval", left: "2", right: undefined, isSame: false });
  expect(rest.every(({ isSame }) => isSame)).toBe(true);
});
