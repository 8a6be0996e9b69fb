import { crc32, deflateSync } from "node:zlib";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { StudioError } from "../../../../engine/contract/errors.ts";
import { pixels } from "../../../../engine/image/pixels.ts";
import { addPngTexts } from "../../../../engine/image/png/png-text.ts";
import { encodePng } from "../../../../engine/image/png/png.ts";
import { readPngTexts } from "../../../../engine/image/png/read-png-texts.ts";

const SIGNATURE = Buffer.from("\x89PNG\r\n\x1a\n", "latin1");

/** A chunk as foreign software writes it; `length` and `checksum` may be wrong. */
function chunk(
  type: string,
  body: Uint8Array | string,
  lies: { length?: number; checksum?: number } = {},
) {
  const bytes = typeof body === "string" ? Buffer.from(body, "latin1") : body;
  const named = Buffer.concat([Buffer.from(type, "latin1"), bytes]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(lies.length ?? bytes.length);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(lies.checksum ?? crc32(named));
  return Buffer.concat([length, named, checksum]);
}

const HEADER = chunk("IHDR", "\0\0\0\x01\0\0\0\x01\x08\x02\0\0\0");
const PICTURE = chunk("IDAT", deflateSync(Buffer.alloc(4)));
const END = chunk("IEND", "");
const png = (...chunks: readonly Uint8Array[]) => Buffer.concat([SIGNATURE, HEADER, ...chunks]);
const compressed = (head: string, text: Buffer | string, cut = 0) => {
  const stream = deflateSync(text);
  return Buffer.concat([Buffer.from(head, "latin1"), stream.subarray(0, stream.length - cut)]);
};

describe("texts of other studios", () => {
  test.each<[string, Uint8Array, Record<string, string>]>([
    ["Latin-1 in tEXt", chunk("tEXt", "parameters\0caf\xe9"), { parameters: "café" }],
    [
      "UTF-8 in tEXt, against the rule",
      chunk("tEXt", Buffer.from("parameters\0猫")),
      { parameters: "猫" },
    ],
    ["an empty text", chunk("tEXt", "Comment\0"), { Comment: "" }],
    ["a keyword with blanks", chunk("tEXt", "Creation Time\0now"), { "Creation Time": "now" }],
    ["zTXt", chunk("zTXt", compressed("prompt\0\0", '{"3":{}}')), { prompt: '{"3":{}}' }],
    ["plain iTXt", chunk("iTXt", Buffer.from("parameters\0\0\0\0\0猫")), { parameters: "猫" }],
    [
      "iTXt with a language and a translated keyword",
      chunk("iTXt", Buffer.from("Title\0\0\0fr\0Titre\0chat")),
      { Title: "chat" },
    ],
    [
      "compressed iTXt",
      chunk("iTXt", compressed("parameters\0\x01\0\0\0", Buffer.from("犬".repeat(1000)))),
      { parameters: "犬".repeat(1000) },
    ],
    [
      "iTXt that is not UTF-8",
      chunk("iTXt", "parameters\0\0\0\0\0a\xffb"),
      { parameters: "a\uFFFDb" },
    ],
    [
      "a keyword that is a property of every object",
      chunk("tEXt", "__proto__\0x"),
      Object.fromEntries([["__proto__", "x"]]),
    ],
  ])("%s", (_, text, expected) => {
    expect([...readPngTexts(png(text, PICTURE, END))]).toEqual(Object.entries(expected));
  });

  test("may follow the picture; the last one of a keyword counts", () => {
    const file = png(chunk("tEXt", "a\0first"), PICTURE, chunk("tEXt", "a\0last"), END);
    expect([...readPngTexts(file)]).toEqual([["a", "last"]]);
  });

  test("what follows the end does not belong to the picture", () => {
    expect(readPngTexts(png(PICTURE, END, chunk("tEXt", "a\0b"))).size).toBe(0);
  });

  test("other keywords are skipped, however damaged or large", () => {
    const file = png(
      chunk("zTXt", compressed("workflow\0\0", Buffer.alloc(50 << 20))),
      chunk("tEXt", "other\0x", { checksum: 1 }),
      chunk("tEXt", "parameters\0wanted"),
      PICTURE,
      END,
    );
    expect([...readPngTexts(file, { only: ["parameters"] })]).toEqual([["parameters", "wanted"]]);
  });

  test("bytes may be a view into a larger buffer", () => {
    const file = png(chunk("tEXt", "a\0b"), PICTURE, END);
    const larger = Buffer.concat([Buffer.alloc(7), file, Buffer.alloc(7)]);
    expect([...readPngTexts(larger.subarray(7, 7 + file.length))]).toEqual([["a", "b"]]);
  });
});

const bomb = Buffer.alloc(64 << 20);
const many = (count: number, one: Uint8Array) => Array.from({ length: count }, () => one);

const DAMAGE: readonly [string, Uint8Array, string][] = [
  ["nothing at all", Buffer.alloc(0), "it is not a PNG"],
  ["a JPEG", Buffer.from("\xff\xd8\xff\xe0 whatever", "latin1"), "it is not a PNG"],
  ["line ends changed in transfer", Buffer.from("\x89PNG\n\x1a\n", "latin1"), "it is not a PNG"],
  ["a signature alone", SIGNATURE, "it ends early"],
  ["a header cut short", png().subarray(0, 20), "its chunk IHDR reaches past its end"],
  ["a header alone", png(), "it ends early"],
  ["no header", Buffer.concat([SIGNATURE, PICTURE, END]), "its header is not its first chunk"],
  ["two headers", png(HEADER, PICTURE, END), "its header is not its first chunk"],
  [
    "a length beyond the file",
    png(chunk("tEXt", "a\0b", { length: 0xffff_ffff })),
    "its chunk tEXt reaches past its end",
  ],
  [
    "a length one too long",
    png(chunk("tEXt", "a\0b", { length: 4 })),
    "its chunk tEXt reaches past its end",
  ],
  [
    "a type that is not letters",
    png(chunk("t\0Xt", "a\0b"), END),
    "one of its chunks has no proper type",
  ],
  [
    "a text cut short",
    png(chunk("tEXt", "parameters\0hello")).subarray(0, 48),
    "its chunk tEXt reaches past its end",
  ],
  [
    "a wrong checksum",
    png(chunk("tEXt", "a\0b", { checksum: 7 }), END),
    'its text "a" has a wrong checksum',
  ],
  ["a text without keyword", png(chunk("tEXt", "\0b"), END), "one of its texts has no keyword"],
  [
    "a keyword without end",
    png(chunk("tEXt", "k".repeat(500)), END),
    "one of its texts has no keyword",
  ],
  ["an iTXt without language", png(chunk("iTXt", "a\0\0\0en"), END), 'its text "a" is cut short'],
  [
    "an iTXt that ends after its keyword",
    png(chunk("iTXt", "a\0"), END),
    'its text "a" is cut short',
  ],
  [
    "an iTXt without translated keyword",
    png(chunk("iTXt", "a\0\0\0en\0Tit"), END),
    'its text "a" is cut short',
  ],
  [
    "a zTXt that is no zlib stream",
    png(chunk("zTXt", "a\0\0hello"), END),
    'its text "a" cannot be inflated',
  ],
  ["a zTXt without a stream", png(chunk("zTXt", "a\0"), END), 'its text "a" cannot be inflated'],
  [
    "a zTXt stream cut short",
    png(chunk("zTXt", compressed("a\0\0", "hello".repeat(99), 6)), END),
    'its text "a" cannot be inflated',
  ],
  [
    "100,000 chunks",
    png(...many(100_000, chunk("gAMA", "")), END),
    "it has more than 65536 chunks",
  ],
];

test.each(DAMAGE)("refuses %s", (_, bytes, reason) => {
  const read = () => readPngTexts(bytes, { file: "cat.png" });
  expect(read).toThrow(new StudioError("IMAGE_UNREADABLE", { file: "cat.png", reason }));
});

test.each<[string, readonly Uint8Array[]]>([
  ["is a zTXt bomb", [chunk("zTXt", compressed("prompt\0\0", bomb))]],
  ["is an iTXt bomb", [chunk("iTXt", compressed("prompt\0\x01\0\0\0", bomb))]],
  ["has 1.1 MB", [chunk("tEXt", `prompt\0${"b".repeat(1_100_000)}`)]],
  ["has 2 MiB of UTF-8", [chunk("iTXt", Buffer.from(`prompt\0\0\0\0\0${"猫".repeat(700_000)}`))]],
])("a text that %s counts as absent", (_, texts) => {
  const good = chunk("tEXt", "parameters\0wanted");
  expect(readPngTexts(png(...texts, PICTURE, END)).size).toBe(0);
  expect([...readPngTexts(png(...texts, good, PICTURE, END))]).toEqual([["parameters", "wanted"]]);
  expect([...readPngTexts(png(good, ...texts, PICTURE, END))]).toEqual([["parameters", "wanted"]]);
});

test("texts are read up to 4 MiB in all, and up to 256 of them", () => {
  const large = many(5, chunk("zTXt", compressed("a\0\0", bomb.subarray(0, 1_000_000))));
  const small = chunk("tEXt", "b\0c");
  expect([...readPngTexts(png(...large, small, PICTURE, END)).keys()]).toEqual(["a", "b"]);
  const texts = Array.from({ length: 300 }, (_, i) => chunk("tEXt", `a${i}\0b`));
  expect(readPngTexts(png(...texts, PICTURE, END)).size).toBe(256);
});

test.each<[string, Uint8Array]>([
  ["has a wrong checksum", chunk("tEXt", "prompt\0b", { checksum: 7 })],
  ["has no keyword", chunk("tEXt", "\0b")],
  ["is cut short", chunk("iTXt", "prompt\0\0\0en")],
  ["cannot be inflated", chunk("zTXt", "prompt\0\0hello")],
])("a text that %s does not hide a valid one", (_, text) => {
  const good = chunk("tEXt", "parameters\0wanted");
  expect([...readPngTexts(png(text, good, PICTURE, END))]).toEqual([["parameters", "wanted"]]);
});

test.each<[string, Uint8Array]>([
  ["is cut off", PICTURE.subarray(0, 15)],
  ["is followed by nothing", PICTURE],
  [
    "is followed by a text with a wrong checksum",
    Buffer.concat([PICTURE, chunk("tEXt", "b\0c", { checksum: 1 })]),
  ],
  [
    "is followed by a bomb",
    Buffer.concat([PICTURE, chunk("zTXt", compressed("b\0\0", bomb)), END]),
  ],
  ["is followed by zeros", Buffer.concat([PICTURE, Buffer.alloc(64)])],
  ["has a wrong checksum", Buffer.concat([chunk("IDAT", "x", { checksum: 1 }), END])],
])("keeps the texts before a picture that %s", (_, tail) => {
  const file = png(chunk("tEXt", "darkroom\0{}"), chunk("IDAT", ""), tail);
  expect([...readPngTexts(file)]).toEqual([["darkroom", "{}"]]);
});

test("one of our files that was cut off anywhere in its picture keeps its texts", () => {
  const noise = new Uint8Array(32 * 32 * 3).map((_, i) => i * i);
  const texts = new Map([
    ["darkroom", '{"format":1}'],
    ["parameters", "猫"],
  ]);
  const whole = addPngTexts(encodePng(pixels(32, 32, noise)), texts);
  const began = Buffer.from(whole).indexOf("IDAT") + 8;
  for (let end = whole.length - 1; end > began; end -= 7) {
    expect(readPngTexts(whole.subarray(0, end)), `cut at ${end}`).toEqual(texts);
  }
});

test("random damage is refused by name or read, and nothing else happens", () => {
  const original = png(
    chunk("tEXt", "parameters\0a cat\nSteps: 20"),
    chunk("iTXt", compressed("darkroom\0\x01\0\0\0", '{"format":1}')),
    chunk("zTXt", compressed("workflow\0\0", "{}".repeat(100))),
    PICTURE,
    END,
  );
  const damage = fc.record({
    changes: fc.array(fc.tuple(fc.nat(original.length - 1), fc.nat(255)), { maxLength: 8 }),
    end: fc.nat(original.length),
  });
  fc.assert(
    fc.property(damage, ({ changes, end }) => {
      const bytes = new Uint8Array(original);
      for (const [at, value] of changes) bytes[at] = value;
      expect(["read", "IMAGE_UNREADABLE"]).toContain(outcomeOf(bytes.subarray(0, end)));
    }),
    { numRuns: 3000 },
  );
});

function outcomeOf(bytes: Uint8Array): string {
  try {
    readPngTexts(bytes);
    return "read";
  } catch (error) {
    return error instanceof StudioError ? error.code : String(error);
  }
}
