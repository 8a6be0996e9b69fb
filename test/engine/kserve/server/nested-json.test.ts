import * as fc from "fast-check";
import { expect, test } from "vitest";
import { DECIMALS, nestedJson, SHARES } from "../../../../engine/kserve/server/nested-json.ts";
import { allOf, nestedPixels, somePixels } from "../bodies.ts";

const textOf = (...call: Parameters<typeof nestedJson>): string =>
  Buffer.from(allOf(nestedJson(...call))).toString();

test("writes what JSON.stringify writes, for any shape", () => {
  const shape = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(shape, fc.integer(), (shape, start) => {
      const size = shape.reduce((size, length) => size * length, 1);
      const values = Uint8Array.from({ length: size }, (_, i) => start + i * 91);
      let nested: unknown[] = [...values];
      for (const length of shape.slice(1).toReversed()) {
        nested = Array.from({ length: nested.length / length }, (_, i) =>
          nested.slice(i * length, (i + 1) * length),
        );
      }
      expect(textOf(values, shape, DECIMALS)).toBe(JSON.stringify(nested));
    }),
  );
});

test.each([
  [128, 128],
  [105, 105],
  [1, 20_000],
  [20_000, 1],
])("continues in the next chunk where the last one ended: %i x %i", (height, width) => {
  const pixels = somePixels(width, height);
  const source = nestedJson(pixels, [height, width, 3], DECIMALS);
  expect([...source.chunks].length).toBeGreaterThan(1);
  expect(Buffer.from(allOf(source)).toString()).toBe(JSON.stringify(nestedPixels(pixels, width)));
});

test("is a list without brackets if there is no shape", () => {
  expect(textOf(Uint8Array.of(0, 10, 255), [], DECIMALS)).toBe("0,10,255");
});

test("shares of 1 are the shortest decimals of their float32", () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte);
  const text = textOf(bytes, [256], SHARES);
  expect(text).toMatch(/^\[0,0\.003921569,0\.007843138,0\.011764706,/);
  expect(text).toMatch(/,0\.99607843,1\]$/);
  expect(Float32Array.from(JSON.parse(text))).toEqual(
    Float32Array.from(bytes, (byte) => byte / 255),
  );
});

test("can be read twice, and makes one chunk at a time", () => {
  const source = nestedJson(somePixels(200, 200), [200, 200, 3], DECIMALS);
  expect(Buffer.compare(allOf(source), allOf(source))).toBe(0);
  const [first] = source.chunks;
  expect(first!.length).toBeLessThan(600_000);
});
