import sharp from "sharp";
import { expect, test } from "vitest";
import { contactSheet } from "../../../engine/codecs/contact-sheet.ts";

const square = (side: number, colour: string) =>
  sharp({ create: { width: side, height: side, channels: 3, background: colour } })
    .png()
    .toBuffer();

test("every picture is in its place, with its labels beside it", async () => {
  const pictures = [
    { column: 0, row: 0, picture: await square(128, "#ff0000") },
    { column: 1, row: 1, picture: await square(128, "#0000ff") },
  ];
  const x = { title: "Steps", labels: ["10", "20"] };
  const y = {
    title: "Guidance",
    labels: ["5", "a <b>long</b> label & more of it, in several lines"],
  };
  const { png, pixels } = await contactSheet(pictures, x, y);
  const { width, height } = await sharp(png).metadata();
  expect([pixels.width, pixels.height]).toEqual([width, height]);
  const at = (left: number, top: number) => [
    ...pixels.data.subarray((top * width + left) * 3, (top * width + left) * 3 + 3),
  ];
  // The cells end at the margin of 24 pixels, with 8 between two of them.
  const [right, bottom] = [width - 24 - 64, height - 24 - 64];
  expect(at(right, bottom)).toEqual([0, 0, 255]);
  expect(at(right - 136, bottom - 136)).toEqual([255, 0, 0]);
  expect(at(right, bottom - 136)).toEqual([255, 255, 255]);
  const above = pixels.data.subarray(0, (bottom - 136 - 64) * width * 3);
  expect(above.some((value) => value < 80)).toBe(true);
});

test("a sheet stays within the size that every viewer opens", async () => {
  const picture = await square(2048, "#808080");
  const labels = Array.from({ length: 50 }, (_, i) => String(i));
  const { pixels } = await contactSheet([{ column: 49, row: 0, picture }], {
    title: "Seed",
    labels,
  });
  expect(pixels.width).toBeLessThanOrEqual(8192);
});

test.each(["", "\u0000", "</span><span", "\ud800", "日本", "x".repeat(5000)])(
  "%.10j is a label like any other",
  async (label) => {
    const picture = await square(64, "#808080");
    const sheet = contactSheet([{ column: 0, row: 0, picture }], { title: label, labels: [label] });
    expect((await sheet).pixels.width).toBeGreaterThan(64);
  },
);
