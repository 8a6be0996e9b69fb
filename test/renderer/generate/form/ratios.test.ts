import { expect, test } from "vitest";
import {
  gridOf,
  RATIOS,
  ratioOf,
  sizeOf,
  smallerThan,
} from "../../../../renderer/generate/form/ratios.ts";

const large = { width: 768, height: 768 };
const small = { width: 128, height: 128 };

test("every shape is found again in its size, at both grids", () => {
  for (const own of [large, small])
    expect(RATIOS.map((ratio) => ratioOf(sizeOf(ratio, own), own))).toEqual(
      RATIOS.map((ratio) => RATIOS.find((first) => sameSize(first, ratio, own))),
    );
});

function sameSize(
  first: (typeof RATIOS)[number],
  second: typeof first,
  own: typeof large,
): boolean {
  return JSON.stringify(sizeOf(first, own)) === JSON.stringify(sizeOf(second, own));
}

test("shapes keep about the model's pixels, on its grid", () => {
  expect(sizeOf("16:9", large)).toEqual({ width: 1024, height: 576 });
  expect(sizeOf("3:2", large)).toEqual({ width: 960, height: 640 });
  expect(sizeOf("1:1", large)).toEqual(large);
  expect(sizeOf("3:2", small)).toEqual({ width: 160, height: 96 });
  expect([gridOf(large), gridOf(small)]).toEqual([64, 32]);
});

test("the next smaller size keeps the shape and the grid", () => {
  expect(smallerThan(large)).toEqual({ width: 512, height: 512 });
  expect(smallerThan({ width: 1024, height: 576 })).toEqual({ width: 704, height: 384 });
});
