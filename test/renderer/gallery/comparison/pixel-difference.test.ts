import { expect, test } from "vitest";
import { differenceOf } from "../../../../renderer/gallery/comparison/pixel-difference.ts";

const pixels = (...bytes: number[]) => Uint8ClampedArray.from(bytes);

test("the mean of all channels in levels, and the share of pixels that differ; alpha is ignored", () => {
  const left = pixels(0, 0, 0, 255, 10, 20, 30, 255);
  expect(differenceOf(left, pixels(0, 0, 0, 0, 10, 20, 36, 255))).toEqual({
    levels: 1,
    share: 0.5,
  });
  expect(differenceOf(left, left)).toEqual({ levels: 0, share: 0 });
});
