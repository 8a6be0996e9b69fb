import * as fc from "fast-check";
import sharp, { type Sharp } from "sharp";
import { describe, expect, test } from "vitest";
import { decodePicture, makeThumbnail } from "../../../engine/codecs/picture-codec.ts";
import { StudioError } from "../../../engine/contract/errors.ts";
import { type Pixels, pixels } from "../../../engine/image/pixels.ts";
import { encodePng } from "../../../engine/image/png/png.ts";
import { resize } from "../../../engine/image/resize.ts";

/** Smooth enough for JPEG, and different in each corner. */
const picture = pixels(
  24,
  16,
  new Uint8Array(24 * 16 * 3).map((_, i) => {
    const [x, y] = [Math.floor(i / 3) % 24, Math.floor(i / 72)];
    return [x * 10, y * 15, 255 - x * 5 - y * 5][i % 3]!;
  }),
);
const size = { width: 24, height: 16 };

const raw = ({ width, height, data }: Pixels) =>
  sharp(data, { raw: { width, height, channels: 3 } });

function farthest(left: Pixels, right: Pixels): number {
  expect([left.width, left.height]).toEqual([right.width, right.height]);
  return left.data.reduce((most, byte, i) => Math.max(most, Math.abs(byte - right.data[i]!)), 0);
}

const meanOf = ({ data }: Pixels) => data.reduce((sum, byte) => sum + byte, 0) / data.length;

const colourAt = ({ width, data }: Pixels, x: number, y: number) => [
  ...data.subarray((y * width + x) * 3, (y * width + x) * 3 + 3),
];

describe("formats", () => {
  test("a PNG gives exactly its pixels", async () => {
    expect(await decodePicture(encodePng(picture), "a.png", size)).toEqual(picture);
  });

  test("a lossless WebP gives exactly its pixels", async () => {
    const webp = await raw(picture).webp({ lossless: true }).toBuffer();
    expect(await decodePicture(webp, "a.webp", size)).toEqual(picture);
  });

  test("a JPEG comes close", async () => {
    const jpeg = await raw(picture).jpeg({ quality: 95, chromaSubsampling: "4:4:4" }).toBuffer();
    expect(farthest(await decodePicture(jpeg, "a.jpg", size), picture)).toBeLessThan(12);
  });

  test.each<[string, (image: Sharp) => Sharp]>([
    ["gray", (image) => image.grayscale().png()],
    ["gray with transparency", (image) => image.grayscale().ensureAlpha().png()],
    ["16 bits", (image) => image.toColourspace("rgb16").png()],
    ["16 bits of gray", (image) => image.toColourspace("grey16").png()],
    ["a palette", (image) => image.png({ palette: true, colours: 256, dither: 0 })],
    ["interlaced", (image) => image.png({ progressive: true })],
    ["gray JPEG", (image) => image.grayscale().jpeg({ quality: 100 })],
    ["progressive JPEG", (image) => image.jpeg({ progressive: true, quality: 100 })],
    ["CMYK JPEG", (image) => image.toColourspace("cmyk").jpeg({ quality: 100 })],
  ])("%s becomes 8-bit RGB", async (_, convert) => {
    const bytes = await convert(raw(picture)).toBuffer();
    const decoded = await decodePicture(bytes, "a", size);
    expect(decoded.data).toHaveLength(24 * 16 * 3);
    expect(Math.abs(meanOf(decoded) - meanOf(picture))).toBeLessThan(15);
  });

  test("the first frame of an animation is used", async () => {
    const frames = Buffer.concat([Buffer.alloc(8 * 8 * 3, 200), Buffer.alloc(8 * 8 * 3, 20)]);
    const webp = await sharp(frames, { raw: { width: 8, height: 16, channels: 3, pageHeight: 8 } })
      .webp({ lossless: true, loop: 0, delay: [100, 100] })
      .toBuffer();
    expect((await sharp(webp).metadata()).pages).toBe(2);
    const decoded = await decodePicture(webp, "a.webp", { width: 8, height: 8 });
    expect(new Set(decoded.data)).toEqual(new Set([200]));
  });

  test("the file's content decides, not its name", async () => {
    expect(await decodePicture(encodePng(picture), "holiday.jpg", size)).toEqual(picture);
  });
});

describe("the meaning of a picture", () => {
  test.each([
    [1, [0, 0]],
    [2, [23, 0]],
    [3, [23, 15]],
    [4, [0, 15]],
    [5, [0, 0]],
    [6, [15, 0]],
    [7, [15, 23]],
    [8, [0, 23]],
  ] as const)(
    "EXIF orientation %i puts the first stored pixel at %j",
    async (orientation, [x, y]) => {
      const stored = await raw(picture)
        .webp({ lossless: true })
        .withMetadata({ orientation })
        .toBuffer();
      const turned = orientation > 4 ? { width: 16, height: 24 } : size;
      const decoded = await decodePicture(stored, "a.webp", turned);
      expect(colourAt(decoded, x, y)).toEqual(colourAt(picture, 0, 0));
    },
  );

  test("transparency becomes white", async () => {
    const rgba = Buffer.from([200, 0, 0, 255, 200, 0, 0, 0, 200, 0, 0, 51]);
    const png = await sharp(rgba, { raw: { width: 3, height: 1, channels: 4 } })
      .png()
      .toBuffer();
    const { data } = await decodePicture(png, "a.png", { width: 3, height: 1 });
    expect([...data]).toEqual([200, 0, 0, 255, 255, 255, 244, 204, 204]);
  });

  test("a colour profile is converted to sRGB", async () => {
    const stored = await raw(picture).withIccProfile("p3").png().toBuffer();
    const { data, info } = await sharp(stored, { ignoreIcc: true })
      .raw()
      .toBuffer({ resolveWithObject: true });
    const asStored = pixels(info.width, info.height, new Uint8Array(data));
    expect(farthest(asStored, picture)).toBeGreaterThan(15);
    expect(farthest(await decodePicture(stored, "a.png", size), picture)).toBeLessThan(8);
  });

  test("it is stretched as diffusers stretches it", async () => {
    const fit = { width: 8, height: 40 };
    expect(await decodePicture(encodePng(picture), "a.png", fit)).toEqual(resize(picture, fit));
  });
});

/** A PNG that claims this size, without a picture. */
function claim(width: number, height: number): Uint8Array {
  return encodePng({ width, height, data: new Uint8Array(0) });
}

const png = encodePng(picture);
const jpeg = await raw(picture).jpeg().toBuffer();
const webp = await raw(picture).webp().toBuffer();
const late = (bytes: Uint8Array) =>
  bytes.map((byte, i) => (i > 60 && i % 5 === 0 ? byte ^ 0x55 : byte));

test.each<[string, Uint8Array | Promise<Uint8Array>, RegExp]>([
  ["nothing at all", Buffer.alloc(0), /^it is neither PNG nor JPEG nor WebP$/],
  ["words", Buffer.from("a cat on a mat"), /^it is neither PNG nor JPEG nor WebP$/],
  [
    "SVG",
    Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'),
    /^it is neither/,
  ],
  ["GIF", raw(picture).gif().toBuffer(), /^it is neither/],
  ["TIFF", raw(picture).tiff().toBuffer(), /^it is neither/],
  ["AVIF", raw(picture).avif().toBuffer(), /^it is neither/],
  ["another RIFF file", Buffer.from("RIFF\x24\0\0\0WAVEfmt "), /^it is neither/],
  ["a PNG signature alone", png.subarray(0, 8), /^it cannot be decoded \(\S.*\S\)$/],
  ["a PNG cut short", png.subarray(0, png.length * 0.7), /^it cannot be decoded \(\S.*\S\)$/],
  ["a PNG with changed bytes", late(png), /^it cannot be decoded \(\S.*\S\)$/],
  ["a JPEG signature alone", jpeg.subarray(0, 3), /^it cannot be decoded \(\S.*\S\)$/],
  ["a JPEG cut short", jpeg.subarray(0, jpeg.length * 0.9), /^it cannot be decoded \(\S.*\S\)$/],
  ["a WebP signature alone", webp.subarray(0, 12), /^it cannot be decoded \(\S.*\S\)$/],
  ["a WebP cut short", webp.subarray(0, webp.length * 0.9), /^it cannot be decoded \(\S.*\S\)$/],
  ["a PNG of 65,535 x 65,535", claim(65_535, 65_535), /^it is 65535x65535 pixels$/],
  ["a PNG one pixel too wide", claim(8193, 1), /^it is 8193x1 pixels$/],
  ["a PNG without width", claim(0, 16), /^it cannot be decoded \(\S.*\S\)$/],
  ["65 MiB", Buffer.concat([png, Buffer.alloc(65 << 20)]), /^it is larger than 64 MiB$/],
])("refuses %s", async (_, bytes, reason) => {
  const decoding = decodePicture(await bytes, "holiday.png", size);
  await expect(decoding).rejects.toMatchObject({
    name: "StudioError",
    code: "IMAGE_UNREADABLE",
    details: { file: "holiday.png", reason: expect.stringMatching(reason) as unknown },
  });
});

test("accepts a picture of the largest side", async () => {
  const wide = encodePng(pixels(8192, 2, new Uint8Array(8192 * 2 * 3).fill(77)));
  const { data } = await decodePicture(wide, "a.png", { width: 64, height: 64 });
  expect(new Set(data)).toEqual(new Set([77]));
});

test("random damage is refused by name or decoded to the requested size, and nothing else happens", async () => {
  const damage = fc.record({
    original: fc.constantFrom<Uint8Array>(png, jpeg, webp),
    changes: fc.array(fc.tuple(fc.nat(4000), fc.nat(255)), { maxLength: 10 }),
    cut: fc.nat(4000),
  });
  await fc.assert(
    fc.asyncProperty(damage, async ({ original, changes, cut }) => {
      const bytes = Uint8Array.from(original);
      for (const [at, value] of changes) bytes[at % bytes.length] = value;
      const outcome = await outcomeOf(cut > 1000 ? bytes : bytes.subarray(0, cut));
      expect(["24x16", "IMAGE_UNREADABLE"]).toContain(outcome);
    }),
    { numRuns: 200 },
  );
});

async function outcomeOf(bytes: Uint8Array): Promise<string> {
  try {
    const { width, height } = await decodePicture(bytes, "a", size);
    return `${width}x${height}`;
  } catch (error) {
    return error instanceof StudioError ? error.code : String(error);
  }
}

describe("a thumbnail", () => {
  const thirds = (width: number, height: number) =>
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
    const webp = await makeThumbnail(thirds(width, height));
    const metadata = await sharp(webp).metadata();
    expect(metadata).toMatchObject({
      format: "webp",
      width: expectedWidth,
      height: expectedHeight,
    });
  });

  test("pixels in memory and the PNG of the same picture give the same result", async () => {
    const whole = thirds(400, 300);
    expect(await makeThumbnail(encodePng(whole))).toEqual(await makeThumbnail(whole));
  });

  test("colours stay unchanged", async () => {
    const webp = await makeThumbnail(thirds(400, 400));
    const { data } = await sharp(webp).raw().toBuffer({ resolveWithObject: true });
    const middle = [...data.subarray(160 * 320 * 3, 160 * 320 * 3 + 3)];
    for (const [channel, value] of middle.entries()) {
      expect(Math.abs(value - channel * 100)).toBeLessThan(4);
    }
  });

  test("a header's size is checked before it is used", async () => {
    const png = encodePng(thirds(2, 2));
    new DataView(png.buffer).setUint32(16, 65_535);
    new DataView(png.buffer).setUint32(20, 65_535);
    await expect(makeThumbnail(png)).rejects.toThrow(/pixel limit/);
  });
});
