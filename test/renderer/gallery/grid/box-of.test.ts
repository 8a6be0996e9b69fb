import { expect, test } from "vitest";
import { boxOf } from "../../../../renderer/gallery/grid/box-of.ts";

test.each([
  ["a square fills the tile but for its margin", { width: 768, height: 768 }, 180, [164, 164]],
  ["a wide one keeps its shape", { width: 768, height: 512 }, 180, [164, 109]],
  ["a small one is at most three times its size", { width: 32, height: 64 }, 320, [96, 192]],
  ["a thin one does not vanish", { width: 2048, height: 2 }, 100, [84, 1]],
] as const)("%s", (_, picture, side, [width, height]) => {
  expect(boxOf(picture, side)).toEqual({ width, height });
});
