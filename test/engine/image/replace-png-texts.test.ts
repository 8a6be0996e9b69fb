import { inflateSync } from "node:zlib";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { pixels } from "../../../engine/image/pixels.ts";
import { chunksOf, PngDamage } from "../../../engine/image/png-chunks.ts";
import { pngSize } from "../../../engine/image/png-size.ts";
import { encodePng } from "../../../engine/image/png.ts";
import { readPngTexts } from "../../../engine/image/read-png-texts.ts";
import { replacePngTexts } from "../../../engine/image/replace-png-texts.ts";

const picture = pixels(
  3,
  2,
  Uint8Array.from({ length: 18 }, (_, i) => i),
);

test("texts of the same keywords are replaced, others stay, the picture's bytes stay", () => {
  const png = encodePng(
    picture,
    new Map([
      ["a", "old"],
      ["b", "kept"],
    ]),
  );
  const replaced = replacePngTexts(
    png,
    new Map([
      ["a", "new"],
      ["c", "猫"],
    ]),
  );
  expect(readPngTexts(replaced)).toEqual(
    new Map([
      ["b", "kept"],
      ["a", "new"],
      ["c", "猫"],
    ]),
  );
  expect(replaced).toEqual(
    encodePng(
      picture,
      new Map([
        ["b", "kept"],
        ["a", "new"],
        ["c", "猫"],
      ]),
    ),
  );
});

test("a picture in several chunks gets its texts once, in front of the first", () => {
  const png = encodePng(picture);
  const [header, data] = [...chunksOf(png)];
  const twice = Buffer.concat([
    png.subarray(0, 8),
    header!.whole,
    data!.whole,
    data!.whole,
    png.subarray(-12),
  ]);
  const types = [...chunksOf(replacePngTexts(twice, new Map([["a", "b"]])))].map(
    ({ type }) => type,
  );
  expect(types).toEqual(["IHDR", "tEXt", "IDAT", "IDAT"]);
});

test("any texts can be put into a picture, again and again", () => {
  const keyword = fc.stringMatching(/^[\x21-\x7e]{1,79}$/);
  const texts = fc.uniqueArray(fc.tuple(keyword, fc.string({ unit: "grapheme" })), {
    selector: ([key]) => key,
  });
  fc.assert(
    fc.property(texts, texts, (first, second) => {
      const once = replacePngTexts(encodePng(picture), new Map(first));
      const twice = replacePngTexts(once, new Map(second));
      expect(readPngTexts(twice)).toEqual(new Map([...first, ...second]));
      const data = [...chunksOf(twice)].find(({ type }) => type === "IDAT")!;
      expect(inflateSync(data.body)).toHaveLength(20);
    }),
  );
});

test.each([
  ["no PNG", new Uint8Array(50)],
  ["an empty file", new Uint8Array(0)],
  ["a PNG cut short", encodePng(picture).subarray(0, -20)],
])("%s is refused", (_, bytes) => {
  expect(() => replacePngTexts(bytes, new Map([["a", "b"]]))).toThrow(PngDamage);
});

test("the size is read from the header, and from nothing else", () => {
  expect(pngSize(encodePng(picture))).toEqual({ width: 3, height: 2 });
  expect(pngSize(encodePng(picture).subarray(0, 24))).toEqual({ width: 3, height: 2 });
  expect(pngSize(encodePng(picture).subarray(0, 23))).toBeUndefined();
  expect(pngSize(new Uint8Array(100))).toBeUndefined();
});
