import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { fromPixels, pixels, toPixels } from "../../../engine/image/pixels.ts";
import { tensor } from "../../../engine/tensor/tensor.ts";

const fixture: Record<"decoded" | "pixels" | "signed", string> = JSON.parse(
  readFileSync(new URL("../../fixtures/image/values.json", import.meta.url), "utf8"),
);
const bytesOf = (name: keyof typeof fixture) =>
  new Uint8Array(Buffer.from(fixture[name], "base64"));
const floatsOf = (name: keyof typeof fixture) => new Float32Array(bytesOf(name).buffer);

test("rounds decoded values to exactly diffusers' bytes", () => {
  const values = floatsOf("decoded");
  const padded = new Float32Array(Math.ceil(values.length / 3) * 3);
  padded.set(values);
  const { data } = toPixels(tensor([1, 3, 1, padded.length / 3], padded));
  // Back to one plane after another, the fixture's order.
  const planes = [0, 1, 2].flatMap((channel) => [...data].filter((_, i) => i % 3 === channel));
  expect(planes.slice(0, values.length)).toEqual([...bytesOf("pixels")]);
});

test("rounds a half to the even byte", () => {
  const half = tensor([1, 3, 1, 1], Float32Array.of(0, -0.4, 2 * (26.5 / 255) - 1));
  expect([...toPixels(half).data]).toEqual([128, 76, 26]);
});

test("passes a VAE exactly diffusers' values", () => {
  const bytes = new Uint8Array(256 * 3).map((_, i) => Math.floor(i / 3));
  const signed = floatsOf("signed");
  const { shape, data } = fromPixels(pixels(16, 16, bytes));
  expect(shape).toEqual([1, 3, 16, 16]);
  expect(data).toEqual(Float32Array.of(...signed, ...signed, ...signed));
});

test("keeps every pixel in place in both directions", () => {
  const picture = pixels(
    5,
    4,
    new Uint8Array(60).map((_, i) => i * 4),
  );
  const values = fromPixels(picture);
  expect(toPixels(values)).toEqual(picture);
  const at = (channel: number, y: number, x: number) => values.data[channel * 20 + y * 5 + x]!;
  expect(at(2, 3, 1)).toBeCloseTo((picture.data[(3 * 5 + 1) * 3 + 2]! / 255) * 2 - 1, 6);
});

test("refuses tensors that are not one picture, and bytes of the wrong length", () => {
  expect(() => toPixels(tensor([2, 3, 1, 1], new Float32Array(6)))).toThrow(RangeError);
  expect(() => toPixels(tensor([1, 4, 1, 1], new Float32Array(4)))).toThrow(RangeError);
  expect(() => pixels(2, 2, new Uint8Array(11))).toThrow(RangeError);
});
