import { crc32, inflateSync } from "node:zlib";
import * as fc from "fast-check";
import sharp from "sharp";
import { expect, test } from "vitest";
import { type Pixels, pixels } from "../../../engine/image/pixels.ts";
import { encodePng } from "../../../engine/image/png.ts";
import { readPngTexts } from "../../../engine/image/read-png-texts.ts";

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
    // How many values a byte can take: flat pictures and noise choose different filters.
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

const keyword = fc.constantFrom("parameters", "darkroom");
const text = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({ unit: "grapheme" }),
  fc.stringMatching(/^[\n\x20-\x7e\xa0-\xff]*$/),
);

test("another decoder finds the same pixels, whatever the picture and its texts", async () => {
  const texts = fc.dictionary(keyword, text).map((entries) => new Map(Object.entries(entries)));
  await fc.assert(
    fc.asyncProperty(picture, texts, async (original, texts) => {
      expect(await decode(encodePng(original, texts))).toEqual(original);
    }),
    { numRuns: 60 },
  );
});

/** The filter of each row of a PNG of ours. */
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

test("texts come back as they were, NUL and lone surrogates as U+FFFD", () => {
  fc.assert(
    fc.property(keyword, text, (key, written) => {
      const png = encodePng(pixels(1, 1, new Uint8Array(3)), new Map([[key, written]]));
      const wanted = written.toWellFormed().replaceAll("\0", "\uFFFD");
      expect([...readPngTexts(png)]).toEqual([[key, wanted]]);
    }),
    { numRuns: 500 },
  );
  const odd = encodePng(pixels(1, 1, new Uint8Array(3)), new Map([["darkroom", "a\0b\ud800c"]]));
  expect(readPngTexts(odd).get("darkroom")).toBe("a\uFFFDb\uFFFDc");
});

test.each([
  ["plain words", "tEXt"],
  ["", "tEXt"],
  ["two\nlines", "tEXt"],
  ["café, naïve, ½", "tEXt"],
  ["Ã© is sound UTF-8 when written as Latin-1", "iTXt"],
  ["tab\there", "iTXt"],
  ["\u0085", "iTXt"],
  ["猫 and 🐟", "iTXt"],
  ["\uFEFFmark", "iTXt"],
])("%j goes into a chunk of type %s and comes back", (written, type) => {
  const png = encodePng(pixels(1, 1, new Uint8Array(3)), new Map([["parameters", written]]));
  expect(Buffer.from(png.subarray(37, 41)).toString()).toBe(type);
  expect(readPngTexts(png).get("parameters")).toBe(written);
});

test("other decoders see the texts", async () => {
  const texts = new Map([
    ["parameters", "a cat\nSteps: 3"],
    ["darkroom", '{"prompt":"猫"}'],
  ]);
  const { comments } = await sharp(encodePng(pixels(1, 1, new Uint8Array(3)), texts)).metadata();
  expect(comments).toEqual([
    { keyword: "parameters", text: "a cat\nSteps: 3" },
    { keyword: "darkroom", text: '{"prompt":"猫"}' },
  ]);
});

test("writes the texts before the picture's data, and sound checksums", () => {
  const png = Buffer.from(encodePng(pixels(1, 1, new Uint8Array(3)), new Map([["darkroom", "x"]])));
  const types: string[] = [];
  for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at)) {
    const end = at + 8 + png.readUInt32BE(at);
    expect(png.readUInt32BE(end)).toBe(crc32(png.subarray(at + 4, end)));
    types.push(png.toString("latin1", at + 4, at + 8));
  }
  expect(types).toEqual(["IHDR", "tEXt", "IDAT", "IEND"]);
});

test.each(["", "x".repeat(80), "with space", "ключ", "nul\0"])(
  "refuses the keyword %j",
  (keyword) => {
    const write = () => encodePng(pixels(1, 1, new Uint8Array(3)), new Map([[keyword, "x"]]));
    expect(write).toThrow(RangeError);
  },
);
