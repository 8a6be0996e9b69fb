import { expect, test } from "vitest";
import {
  guidanceEmbedding,
  guide,
  isGuided,
  isGuidedAt,
} from "../../../engine/pipeline/guidance.ts";

test("guidance is unconditional + scale * (conditional - unconditional)", () => {
  expect(guide(Float32Array.of(1, 2, 3, 6), 2)).toEqual(Float32Array.of(5, 10));
});

test.each([
  [7.5, null, true],
  [1, null, false],
  [0, null, false],
  [7.5, 256, false],
])("a scale of %d with a UNet that takes it in a width of %s: two predictions %s", (...row) => {
  const [guidanceScale, guidanceWidth, is] = row;
  expect(isGuided({ guidanceScale, guidanceWidth })).toBe(is);
});

test("an interval applies guidance from its first share on, and before its second", () => {
  const guidance = { guidanceScale: 3, guidanceWidth: null };
  const shares = [0, 0.2, 0.5, 0.8];
  const at = (guidanceInterval: [number, number] | undefined) =>
    shares.filter((share) => isGuidedAt({ ...guidance, guidanceInterval }, share));
  expect([at([0.2, 0.8]), at([0, 0.5]), at(undefined)]).toEqual([[0.2, 0.5], [0, 0.2], shares]);
  expect(isGuidedAt({ ...guidance, guidanceScale: 1 }, 0.5)).toBe(false);
});

// From StableDiffusionPipeline.get_guidance_scale_embedding of diffusers 0.42.
test.each([
  [
    8,
    [
      0.506885409, -0.970479608, 0.586653292, 0.64421761, 0.862013459, -0.241183117, -0.809838235,
      0.764842212,
    ],
  ],
  [1, [0, 0, 1, 1, 0]],
  [0.3, [-0.543970525, -0.656986594, -0.0699428394, -0.839104295, 0.753902256, 0.997551024, 0]],
])("a scale of %d is passed to the UNet as in diffusers", (scale, expected) => {
  const { shape, data } = guidanceEmbedding(scale, expected.length);
  expect(shape).toEqual([1, expected.length]);
  for (const [i, value] of expected.entries()) expect(data[i]).toBeCloseTo(value, 5);
});
