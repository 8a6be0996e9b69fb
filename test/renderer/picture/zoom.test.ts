import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  FIT,
  fitScale,
  panned,
  scaledTo,
  scaleOf,
  wheelFactor,
  within,
  type Zoom,
} from "../../../renderer/picture/zoom.ts";

const canvas = { width: 800, height: 600 };
const large = { width: 1600, height: 1600 };
const small = { width: 128, height: 128 };

test("a picture fits uncropped, and a small one at most at three times its size", () => {
  expect([fitScale(canvas, large), fitScale(canvas, small)]).toEqual([0.375, 3]);
});

test("the point under the pointer stays there", () => {
  const point = { x: 100, y: -50 };
  const before: Zoom = { scale: 1, x: 20, y: 30 };
  const after = scaledTo(before, 2, point, { canvas, picture: large });
  const under = (zoom: Zoom) => {
    const scale = scaleOf(zoom, canvas, large);
    return [(point.x - zoom.x) / scale, (point.y - zoom.y) / scale];
  };
  expect(after.scale).toBe(2);
  expect(under(after)).toEqual(under(before));
});

test("the wheel doubles in 400 pixels, a pinch by its own factor, a wheel with Ctrl in steps", () => {
  const rounded = (factor: number) => Number(factor.toFixed(6));
  const factors = [
    wheelFactor({ deltaY: -400, ctrlKey: false }),
    wheelFactor({ deltaY: -100 * Math.log(1.1), ctrlKey: true }),
    wheelFactor({ deltaY: -120, ctrlKey: true }),
    wheelFactor({ deltaY: 120, ctrlKey: true }),
  ];
  expect(factors.map(rounded)).toEqual([2, 1.1, Math.SQRT2, Math.SQRT1_2].map(rounded));
});

test("the maximum zoom is eight times, the minimum fitted or one to one", () => {
  const at = { x: 0, y: 0 };
  const scales = [small, large].flatMap((picture) => [
    scaledTo(FIT, 1000, at, { canvas, picture }).scale,
    scaledTo(FIT, 0.001, at, { canvas, picture }).scale,
  ]);
  expect(scales).toEqual([8, 1, 8, 0.375]);
});

test("a picture that fits cannot be moved", () => {
  expect(panned(FIT, { x: 500, y: -500 }, canvas, large)).toEqual({ scale: "fit", x: 0, y: 0 });
});

test("a picture that is larger than its canvas leaves no gap at its edges", () => {
  const zoom = panned({ scale: 1, x: 0, y: 0 }, { x: 9999, y: -9999 }, canvas, large);
  expect(zoom).toEqual({ scale: 1, x: 400, y: -500 });
});

test("however it is zoomed and moved, it stays within", () => {
  const step = fc.record({
    factor: fc.double({ min: 0.1, max: 10, noNaN: true }),
    x: fc.integer({ min: -2000, max: 2000 }),
    y: fc.integer({ min: -2000, max: 2000 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
      let zoom: Zoom = FIT;
      for (const { factor, x, y } of steps) {
        const wanted = factor * scaleOf(zoom, canvas, large);
        zoom = scaledTo(zoom, wanted, { x, y }, { canvas, picture: large });
        zoom = panned(zoom, { x: y, y: x }, canvas, large);
      }
      expect(within(zoom, canvas, large)).toEqual(zoom);
    }),
  );
});
