import { crc32 } from "node:zlib";
import * as fc from "fast-check";
import sharp from "sharp";
import { expect, test } from "vitest";
import { pixels } from "../../../../engine/image/pixels.ts";
import { chunksOf, joinChunks, PngDamage } from "../../../../engine/image/png/png-chunks.ts";
import { addPngTexts } from "../../../../engine/image/png/png-text.ts";
import { encodePng } from "../../../../engine/image/png/png.ts";
import { readPngTexts } from "../../../../engine/image/png/read-png-texts.ts";

const PICTURE = encodePng(pixels(1, 1, new Uint8Array(3)));

const dataOf = (png: Uint8Array) => [...chunksOf(png)].find(({ type }) => type === "IDAT")!.body;

const keyword = fc.constantFrom("parameters", "darkroom");
const text = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({ unit: "grapheme" }),
  fc.stringMatching(/^[\n\x20-\x7e\xa0-\xff]*$/),
);

test("texts are read back unchanged, NUL and unpaired surrogates as U+FFFD", () => {
  fc.assert(
    fc.property(keyword, text, (key, written) => {
      const png = addPngTexts(PICTURE, new Map([[key, written]]));
      const wanted = written.toWellFormed().replaceAll("\0", "\uFFFD");
      expect([...readPngTexts(png)]).toEqual([[key, wanted]]);
    }),
    { numRuns: 500 },
  );
  const odd = addPngTexts(PICTURE, new Map([["darkroom", "a\0b\ud800c"]]));
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
])("%j is written into a chunk of type %s and read back", (written, type) => {
  const png = addPngTexts(PICTURE, new Map([["parameters", written]]));
  expect(Buffer.from(png.subarray(37, 41)).toString()).toBe(type);
  expect(readPngTexts(png).get("parameters")).toBe(written);
});

test("other decoders see the texts", async () => {
  const texts = new Map([
    ["parameters", "a cat\nSteps: 3"],
    ["darkroom", '{"prompt":"猫"}'],
  ]);
  const { comments } = await sharp(addPngTexts(PICTURE, texts)).metadata();
  expect(comments).toEqual([
    { keyword: "parameters", text: "a cat\nSteps: 3" },
    { keyword: "darkroom", text: '{"prompt":"猫"}' },
  ]);
});

test("writes the texts before the picture's data, with valid checksums", () => {
  const png = Buffer.from(addPngTexts(PICTURE, new Map([["darkroom", "x"]])));
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
    const write = () => addPngTexts(PICTURE, new Map([[keyword, "x"]]));
    expect(write).toThrow(RangeError);
  },
);

test("a picture in several chunks gets its texts once, before the first", () => {
  const [header, data] = [...chunksOf(PICTURE)];
  const twice = Buffer.concat([
    PICTURE.subarray(0, 8),
    header!.whole,
    data!.whole,
    data!.whole,
    PICTURE.subarray(-12),
  ]);
  const types = [...chunksOf(addPngTexts(twice, new Map([["a", "b"]])))].map(({ type }) => type);
  expect(types).toEqual(["IHDR", "tEXt", "IDAT", "IDAT"]);
});

test("any texts can be put into a picture, whose data stays unchanged", () => {
  const keyword = fc.stringMatching(/^[\x21-\x7e]{1,79}$/);
  const texts = fc.uniqueArray(fc.tuple(keyword, fc.string({ unit: "grapheme" })), {
    selector: ([key]) => key,
  });
  fc.assert(
    fc.property(texts, (texts) => {
      const png = addPngTexts(PICTURE, new Map(texts));
      expect(readPngTexts(png)).toEqual(new Map(texts));
      expect(dataOf(png)).toEqual(dataOf(PICTURE));
    }),
  );
});

test.each([
  ["no PNG", new Uint8Array(50)],
  ["an empty file", new Uint8Array(0)],
  ["a PNG cut short", PICTURE.subarray(0, -20)],
  ["a PNG without a picture", joinChunks([[...chunksOf(PICTURE)][0]!.whole])],
])("%s is refused", (_, bytes) => {
  expect(() => addPngTexts(bytes, new Map([["a", "b"]]))).toThrow(PngDamage);
});
