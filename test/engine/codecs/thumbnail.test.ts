import sharp from "sharp";
import { expect, test } from "vitest";
import { makeThumbnail } from "../../../engine/codecs/thumbnail.ts";
import { pixels } from "../../../engine/image/pixels.ts";
import { encodePng } from "../../../engine/image/png.ts";

const picture = (width: number, height: number) =>
  pixels(
    width,
    height,
    new Uint8Array(width * height * 3).map((_, i) => (i % 3) * 100),
  );

test.each([
  [768, 768, 320, 320],
  [768, 512, 320, 213],
  [64, 1024, 20, 320],
  [320, 200, 320, 200],
  [128, 96, 128, 96],
  [1, 1, 1, 1],
])("of %dx%d it is a WebP of %dx%d", async (width, height, expectedWidth, expectedHeight) => {
  const webp = await makeThumbnail(picture(width, height));
  const metadata = await sharp(webp).metadata();
  expect(metadata).toMatchObject({ format: "webp", width: expectedWidth, height: expectedHeight });
});

test("pixels in memory and the PNG of the same picture give the same", async () => {
  const whole = picture(400, 300);
  expect(await makeThumbnail(encodePng(whole))).toEqual(await makeThumbnail(whole));
});

test("colours stay what they were", async () => {
  const webp = await makeThumbnail(picture(400, 400));
  const { data } = await sharp(webp).raw().toBuffer({ resolveWithObject: true });
  const middle = [...data.subarray(160 * 320 * 3, 160 * 320 * 3 + 3)];
  for (const [channel, value] of middle.entries()) {
    expect(Math.abs(value - channel * 100)).toBeLessThan(4);
  }
});

test("a header that claims any size is refused before it is believed", async () => {
  const png = encodePng(picture(2, 2));
  new DataView(png.buffer).setUint32(16, 65_535);
  new DataView(png.buffer).setUint32(20, 65_535);
  await expect(makeThumbnail(png)).rejects.toThrow(/pixel limit/);
});
