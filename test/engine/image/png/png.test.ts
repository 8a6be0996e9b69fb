import { inflateSync } from "node:zlib";
import * as fc from "fast-check";
import sharp from "sharp";
import { expect, test } from "vitest";
import { type Pixels, pixels } from "../../../../engine/image/pixels.ts";
import { pngSize } from "../../../../engine/image/png/png-chunks.ts";
import { encodePng } from "../../../../engine/image/png/png.ts";

async function decode(png: Uint8Array): Promise<Pixels> {
  const { data, info } = await sharp(png, { failOn: "warning" })
    .raw()
    .toBuffer({ resolveWithObject: true });
  expect(info.channels).toBe(3);
  return pixels(info.width, info.height, new Uint8Array(data));
}

const picture = fc
  .record({
    width: fc.integer({ min: 1, max: 64 }),
    height: fc.integer({ min: 1, max: 64 }),
    seed: fc.integer(),
    // The number of values that a byte can take: flat pictures and noise choose different filters.
    range: fc.constantFrom(1, 3, 16, 256),
  })
  .map(({ width, height, seed, range }) => {
    let state = seed;
    const next = () => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) | 0;
      return ((state >>> 16) % range) * Math.floor(255 / range);
    };
    return pixels(width, height, new Uint8Array(width * height * 3).map(next));
  });

test("another decoder finds the same pixels, for any picture", async () => {
  await fc.assert(
    fc.asyncProperty(picture, async (original) => {
      expect(await decode(encodePng(original))).toEqual(original);
    }),
    { numRuns: 60 },
  );
});

/** The filter of each row of one of our PNGs. */
function filtersOf(png: Uint8Array): number[] {
  const bytes = Buffer.from(png);
  const [width, at] = [bytes.readUInt32BE(16), bytes.indexOf("IDAT")];
  const rows = inflateSync(bytes.subarray(at + 4, at + 4 + bytes.readUInt32BE(at - 4)));
  return [...rows].filter((_, i) => i % (1 + width * 3) === 0);
}

type Drawing = (x: number, y: number, left: number, above: number) => number;

function draw(colour: Drawing): Pixels {
  const [width, height] = [64, 9];
  const grays = new Uint8Array(width * height);
  for (const at of grays.keys()) {
    const [x, y] = [at % width, Math.floor(at / width)];
    grays[at] = colour(x, y, x === 0 ? 0 : grays[at - 1]!, y === 0 ? 0 : grays[at - width]!);
  }
  return pixels(width, height, Uint8Array.from([...grays].flatMap((gray) => [gray, gray, gray])));
}

test.each<[string, number, Drawing]>([
  ["rare specks are left as they are", 0, (x, y) => ((x * 37 + y * 91) % 17 === 0 ? 120 : 0)],
  ["ramps are told from the left", 1, (x, y, left) => (x === 0 ? y * 97 : left + 3)],
  ["stripes are told from above", 2, (x, y) => ((x * x * 29) % 251) + y],
  [
    "what lies between left and above is told from both",
    3,
    (x, y, left, above) =>
      ((left + above) >> 1) + ((x * x * 31 + y * y * 47 + x * y * 13) % 61) - 30,
  ],
  ["a tilted plane is told by Paeth", 4, (x, y) => x * 2 + y * 9],
])("%s: filter %i", async (_, filter, colour) => {
  const drawing = draw(colour);
  const png = encodePng(drawing);
  const filters = filtersOf(png);
  expect(filters.filter((used) => used === filter).length).toBeGreaterThan(filters.length / 2);
  expect(await decode(png)).toEqual(drawing);
});

test("the size is read only from the header", () => {
  const png = encodePng(pixels(3, 2, new Uint8Array(18)));
  expect(pngSize(png)).toEqual({ width: 3, height: 2 });
  expect(pngSize(png.subarray(0, 24))).toEqual({ width: 3, height: 2 });
  expect(pngSize(png.subarray(0, 23))).toBeUndefined();
  expect(pngSize(new Uint8Array(100))).toBeUndefined();
});
