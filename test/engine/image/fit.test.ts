import { expect, test } from "vitest";
import { fit } from "../../../engine/image/fit.ts";
import { CHANNELS, type Pixels, pixels } from "../../../engine/image/pixels.ts";
import { resize } from "../../../engine/image/resize.ts";

/** A picture in which all pixels differ from each other. */
function ramp(width: number, height: number): Pixels {
  const data = new Uint8Array(width * height * CHANNELS);
  for (let i = 0; i < width * height; i++) {
    data.set([(i % width) * 5, Math.floor(i / width) * 5, 90], i * CHANNELS);
  }
  return pixels(width, height, data);
}

/** A part of a picture, cropped by hand. */
function cut(
  { data, width }: Pixels,
  [left, top]: readonly [number, number],
  [across, down]: readonly [number, number],
): Pixels {
  const rows = Array.from({ length: down }, (_, y) => {
    const from = ((top + y) * width + left) * CHANNELS;
    return [...data.subarray(from, from + across * CHANNELS)];
  });
  return pixels(across, down, new Uint8Array(rows.flat()));
}

function pixelAt({ data, width }: Pixels, x: number, y: number): number[] {
  return [...data.subarray((y * width + x) * CHANNELS, (y * width + x + 1) * CHANNELS)];
}

test("stretches by default", () => {
  const picture = ramp(40, 20);
  const size = { width: 16, height: 16 };
  expect(fit(picture, size)).toEqual(resize(picture, size));
  expect(fit(picture, size, "default")).toEqual(resize(picture, size));
});

// The sizes in between are those of diffusers' _resize_and_crop, computed by hand.
test.each([
  { own: [40, 20], size: [16, 16], inner: [32, 16], from: [8, 0] },
  { own: [20, 40], size: [16, 16], inner: [16, 32], from: [0, 8] },
  { own: [33, 20], size: [24, 16], inner: [26, 16], from: [1, 0] },
  { own: [12, 10], size: [48, 16], inner: [48, 40], from: [0, 12] },
] as const)("crops the centre of $own to $size", ({ own, size, inner, from }) => {
  const picture = ramp(own[0], own[1]);
  const whole = resize(picture, { width: inner[0], height: inner[1] });
  const cropped = fit(picture, { width: size[0], height: size[1] }, "crop");
  expect(cropped).toEqual(cut(whole, from, size));
});

test.each([
  { own: [40, 20], size: [16, 16], inner: [16, 8], at: [0, 4] },
  { own: [20, 40], size: [16, 16], inner: [8, 16], at: [4, 0] },
  { own: [12, 10], size: [48, 17], inner: [20, 17], at: [14, 0] },
] as const)(
  "fills the part of $size that $own does not cover with its edges",
  ({ own, size, inner, at: [left, top] }) => {
    const picture = ramp(own[0], own[1]);
    const whole = resize(picture, { width: inner[0], height: inner[1] });
    const filled = fit(picture, { width: size[0], height: size[1] }, "fill");
    expect(cut(filled, [left, top], inner)).toEqual(whole);
    for (const [x, y] of [
      [0, 0],
      [size[0] - 1, 0],
      [0, size[1] - 1],
      [size[0] - 1, size[1] - 1],
    ] as const) {
      const nearest = [
        Math.min(inner[0] - 1, Math.max(0, x - left)),
        Math.min(inner[1] - 1, Math.max(0, y - top)),
      ] as const;
      expect(pixelAt(filled, x, y)).toEqual(pixelAt(whole, ...nearest));
    }
  },
);

test("a matching shape needs neither crop nor filling", () => {
  const picture = ramp(32, 24);
  const size = { width: 16, height: 12 };
  for (const mode of ["crop", "fill"] as const)
    expect(fit(picture, size, mode)).toEqual(resize(picture, size));
});

test("a strip of one pixel is cropped without being enlarged first", () => {
  const strip = pixels(8192, 1, new Uint8Array(8192 * CHANNELS).fill(77));
  const cropped = fit(strip, { width: 64, height: 2048 }, "crop");
  expect([cropped.width, cropped.height]).toEqual([64, 2048]);
  expect(new Set(cropped.data)).toEqual(new Set([77]));
  const filled = fit(strip, { width: 64, height: 64 }, "fill");
  expect(new Set(filled.data)).toEqual(new Set([77]));
});
