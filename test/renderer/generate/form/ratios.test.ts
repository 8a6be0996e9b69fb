import { assert, constantFrom, integer, property } from "fast-check";
import { expect, test } from "vitest";
import {
  gridOf,
  ratioOf,
  ratiosFor,
  sizeOf,
  smallerThan,
} from "../../../../renderer/generate/form/ratios.ts";

const large = { width: 768, height: 768 };
const small = { width: 128, height: 128 };

test("every offered ratio is selected once it is chosen, and none is offered twice", () => {
  const side = integer({ min: 2, max: 32 });
  assert(
    property(side, side, constantFrom(32, 64), (across, down, grid) => {
      const present = { width: across * grid, height: down * grid };
      const sizes = ratiosFor(present, grid).map((ratio) => {
        const size = sizeOf(ratio, present, grid);
        return `${size.width}x${size.height}`;
      });
      expect(new Set(sizes).size).toBe(sizes.length);
    }),
  );
  for (const ratio of ratiosFor(large, 64)) {
    expect(ratioOf(sizeOf(ratio, large, 64), 64)).toBe(ratio);
  }
});

test("ratios keep about the present number of pixels, on the model's grid", () => {
  expect(sizeOf("16:9", large, 64)).toEqual({ width: 1024, height: 576 });
  expect(sizeOf("3:2", large, 64)).toEqual({ width: 960, height: 640 });
  expect(sizeOf("1:1", { width: 1024, height: 576 }, 64)).toEqual(large);
  expect(sizeOf("16:9", { width: 512, height: 512 }, 64)).toEqual({ width: 704, height: 384 });
  expect(sizeOf("9:16", { width: 2048, height: 2048 }, 64)).toEqual({ width: 1536, height: 2048 });
  expect([gridOf(large), gridOf(small)]).toEqual([64, 32]);
});

test("a ratio is selected whatever the size", () => {
  expect(ratioOf({ width: 512, height: 512 }, 64)).toBe("1:1");
  expect(ratioOf({ width: 1024, height: 576 }, 64)).toBe("16:9");
  expect(ratioOf({ width: 512, height: 768 }, 64)).toBe("2:3");
  expect(ratioOf({ width: 2048, height: 512 }, 64)).toBeUndefined();
});

test("ratios that a small model cannot distinguish are one, under the closest name", () => {
  expect(ratiosFor(small, 32)).toEqual(["9:16", "1:1", "16:9"]);
});

test("the next smaller size keeps the ratio and the grid", () => {
  expect(smallerThan(large)).toEqual({ width: 512, height: 512 });
  expect(smallerThan({ width: 1024, height: 576 })).toEqual({ width: 704, height: 384 });
});
