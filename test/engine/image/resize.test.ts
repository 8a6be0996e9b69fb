import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { pixels } from "../../../engine/image/pixels.ts";
import { resize } from "../../../engine/image/resize.ts";

interface Case {
  readonly from: readonly [number, number];
  readonly to: readonly [number, number];
  readonly source: string;
  readonly resized: string;
}

const cases: readonly Case[] = JSON.parse(
  readFileSync(new URL("../../fixtures/image/lanczos.json", import.meta.url), "utf8"),
);

test.each(cases)("resizes $from to $to to exactly Pillow's bytes", (example) => {
  const source = pixels(...example.from, new Uint8Array(Buffer.from(example.source, "base64")));
  const [width, height] = example.to;
  const expected = pixels(width, height, new Uint8Array(Buffer.from(example.resized, "base64")));
  expect(resize(source, { width, height })).toEqual(expected);
});

test("leaves a picture of that size unchanged", () => {
  const picture = pixels(
    3,
    2,
    new Uint8Array(18).map((_, i) => i * 14),
  );
  expect(resize(picture, { width: 3, height: 2 })).toEqual(picture);
});

test("keeps a plain colour plain at any size", () => {
  const plain = pixels(37, 11, new Uint8Array(37 * 11 * 3).fill(201));
  for (const size of [8, 64, 200]) {
    const { data } = resize(plain, { width: size, height: size + 8 });
    expect(new Set(data)).toEqual(new Set([201]));
  }
});
