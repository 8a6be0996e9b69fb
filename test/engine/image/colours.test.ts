import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { pixels } from "../../../engine/image/pixels.ts";
import { COLOURS, shareOf } from "../../fakes/colours.ts";

test("the colours are those that the starter was trained with", () => {
  const readme = readFileSync(
    new URL("../../../assets/starter/README.md", import.meta.url),
    "utf8",
  );
  const named = [...readme.matchAll(/(\w+) (\d+),(\d+),(\d+)/g)].map(
    ([, name, ...rgb]) => [name, rgb.map(Number)] as const,
  );
  expect(COLOURS).toEqual(Object.fromEntries(named));
  expect(readme).toContain("sum of absolute differences over the three channels below 90");
});

test("a share is the part of the pixels within tolerance", () => {
  // Red itself, red off by 89, red off by 90, blue.
  const row = [...COLOURS.red, 220 - 89, 50, 47, 220 - 90, 50, 47, ...COLOURS.blue];
  const picture = pixels(2, 2, Uint8Array.from(row));
  expect(shareOf(picture, "red")).toBe(0.5);
  expect(shareOf(picture, "blue")).toBe(0.25);
  expect(shareOf(picture, "white")).toBe(0);
});
