import { assert, constantFrom, integer, property } from "fast-check";
import { expect, test } from "vitest";
import {
  gridOf,
  RATIOS,
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
    property(side, side, constantFrom(8, 64), (across, down, grid) => {
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
  expect([gridOf(large), gridOf(small)]).toEqual([64, 8]);
});

test("a ratio is selected whatever the size", () => {
  expect(ratioOf({ width: 512, height: 512 }, 64)).toBe("1:1");
  expect(ratioOf({ width: 1024, height: 576 }, 64)).toBe("16:9");
  expect(ratioOf({ width: 512, height: 768 }, 64)).toBe("2:3");
  expect(ratioOf({ width: 2048, height: 512 }, 64)).toBeUndefined();
});

test("ratios that a grid cannot distinguish are one, under the closest name", () => {
  expect(ratiosFor(small, 32)).toEqual(["9:16", "3:4", "1:1", "4:3", "16:9"]);
});

test("a small model's ratios are close on its grid, and the way back to the square leads home", () => {
  expect(sizeOf("16:9", small, 8)).toEqual({ width: 168, height: 96 });
  expect(sizeOf("16:9", { width: 192, height: 192 }, 8)).toEqual({ width: 256, height: 144 });
  for (const ratio of RATIOS) {
    const { width, height } = sizeOf(ratio, small, gridOf(small));
    const [across = 1, down = 1] = ratio.split(":").map(Number);
    expect(Math.abs((width * down) / (height * across) - 1)).toBeLessThan(0.03);
    for (const side of [128, 192, 512, 768]) {
      const own = { width: side, height: side };
      expect(sizeOf("1:1", sizeOf(ratio, own, gridOf(own)), gridOf(own))).toEqual(own);
    }
  }
});

test("the next smaller size keeps the ratio and the grid", () => {
  expect(smallerThan(large)).toEqual({ width: 512, height: 512 });
  expect(smallerThan({ width: 1024, height: 576 })).toEqual({ width: 704, height: 384 });
});
