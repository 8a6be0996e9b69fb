import * as fc from "fast-check";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { MAX_TEXT_LENGTH } from "../../../engine/tokenizer/tokenizer.ts";
import { loadTokenizer } from "./tokenizer-folder.ts";

const START = 49406;
const END = 49407;
const tokenizer = loadTokenizer("test/golden/clip-tokenizer");

/** Any string that JavaScript can hold, and some with a meaning for a tokenizer. */
const anyText = fc
  .array(
    fc.oneof(
      fc.string({ unit: "binary" }),
      fc.string({ unit: "grapheme" }),
      fc.constantFrom(
        "\ud83d",
        "\udc36",
        "\0",
        "<|endoftext|>",
        "!",
        "'LL",
        "e\u0301",
        "\u0338",
        " ",
      ),
    ),
  )
  .map((parts) => parts.join(""));

test("gives transformers' ids, complete and padded", () => {
  const cases: { text: string; ids: number[]; padded: number[] }[] = golden("token-ids.json");
  expect(
    cases.map(({ text }) => ({
      text,
      ids: [...tokenizer.encodeAll(text)],
      padded: [...tokenizer.encode(text).ids],
    })),
  ).toEqual(cases);
});

const HOSTILE: [text: string, ids: number[], cut: number | null][] =
  golden("tokenizer/strings.json");

test("gives transformers' ids for hostile strings", () => {
  const ids = HOSTILE.map(([text]) => [...tokenizer.encodeAll(text)]);
  expect(ids).toEqual(HOSTILE.map(([, ids]) => ids));
});

test("says how many tokens a hostile string has, and whether it is cut", () => {
  const found = HOSTILE.map(([text]) => tokenizer.encode(text));
  expect(found.map(({ count }) => count)).toEqual(HOSTILE.map(([, ids]) => ids.length - 2));
  const isCut = found.map(({ cutAt }) => cutAt !== undefined);
  expect(isCut).toEqual(HOSTILE.map(([, , cut]) => cut !== null));
});

test("cuts where transformers' first lost token starts, or at the letter that its mark belongs to", () => {
  const lost = HOSTILE.flatMap(([text, , cut]) => {
    return cut === null ? [] : [text.slice(tokenizer.encode(text).cutAt, cut)];
  });
  expect(lost.length).toBeGreaterThan(30);
  expect(lost.filter((part) => !/^(.[\p{M}\u1160-\u11ff]*)?$/su.test(part))).toEqual([]);
});

test.each(["tiny-sd1-eps", "tiny-sd2-v", "tiny-sd2-hub", "tiny-sd21-v"])(
  "gives the ids that were passed to the text encoder of %s",
  (name) => {
    const tokenizer = loadTokenizer(`test/golden/${name}/snapshot/tokenizer`);
    const prompts = [
      "Photo of a dog",
      "two purple fish under water",
      "a photo of an astronaut riding a horse on mars",
    ];
    const ids = prompts.flatMap((prompt) => [...tokenizer.encode(prompt).ids]);
    expect(ids).toEqual(inputIds(name === "tiny-sd2-hub" ? "tiny-sd2-v" : name));
  },
);

test("the starter has the vocabulary of the reference snapshots", () => {
  const starter = loadTokenizer("assets/starter/snapshot/tokenizer");
  const tiny = loadTokenizer("test/golden/tiny-sd2-v/snapshot/tokenizer");
  const text = "Photo of a dog! <|endoftext|> é 日本";
  expect(starter.encode(text)).toEqual(tiny.encode(text));
});

test("cuts after 75 tokens and keeps the end marker", () => {
  const text = "word ".repeat(80);
  const { ids, count, cutAt } = tokenizer.encode(text);
  expect([ids.length, ids[0], ids[75], ids[76], count]).toEqual([77, START, ids[1], END, 80]);
  expect(cutAt).toBe("word ".length * 75);
});

test("a text of exactly 75 tokens is not cut", () => {
  const { count, cutAt, ids } = tokenizer.encode("word ".repeat(75));
  expect([count, cutAt, ids[76]]).toEqual([75, undefined, END]);
});

test("cuts inside a word, at a character of the original text", () => {
  const text = `${"🐶 ".repeat(74)}ÉA\u030avvvxq`;
  const { cutAt = 0 } = tokenizer.encode(text);
  expect(tokenizer.encode(text.slice(0, cutAt)).count).toBe(75);
});

test("any text becomes 77 ids between markers", () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const { ids, count, cutAt } = tokenizer.encode(text);
      const all = [...tokenizer.encodeAll(text)];
      expect(all).toEqual([START, ...all.slice(1, -1), END]);
      expect(count).toBe(all.length - 2);
      const kept = [...all.slice(0, -1).slice(0, 76), END];
      expect([...ids]).toEqual([...kept, ...Array.from({ length: 77 - kept.length }, () => 0)]);
      expect(cutAt === undefined).toBe(count <= 75);
    }),
  );
});

test("space between two texts keeps their tokens apart", () => {
  fc.assert(
    fc.property(anyText, anyText, (left, right) => {
      expect([...inner(`${left}\n${right}`)]).toEqual([...inner(left), ...inner(right)]);
    }),
  );
});

test("case, composition and the amount of space do not matter", () => {
  const [spelled, plain] = ["CAFE\u0301  \t\n ΣΑΣ", "café σασ"];
  expect(tokenizer.encodeAll(spelled)).toEqual(tokenizer.encodeAll(plain));
});

test("a lone surrogate is read as the replacement character", () => {
  expect(tokenizer.encodeAll("a\ud83d b\udc36")).toEqual(tokenizer.encodeAll("a\ufffd b\ufffd"));
});

test("reads the longest allowed text, even as one word of most bytes, and refuses a longer one", () => {
  const longest = "\u{1d160}".repeat(MAX_TEXT_LENGTH / 2); // normalized, 12 bytes each
  expect(tokenizer.encode(longest).count).toBeGreaterThan(MAX_TEXT_LENGTH);
  expect(() => tokenizer.encode(`${longest}a`)).toThrow(
    "prompt cannot be 100001 characters long: at most 100000 are read.",
  );
});

function inner(text: string): Int32Array {
  return tokenizer.encodeAll(text).slice(1, -1);
}

function golden(file: string) {
  return JSON.parse(readFileSync(`test/golden/${file}`, "utf8"));
}

/** `input_ids` (int64) of a reference's text-encoder.safetensors, as plain numbers. */
function inputIds(name: string): number[] {
  const bytes = readFileSync(`test/golden/${name}/expected/text-encoder.safetensors`);
  const headerEnd = 8 + Number(bytes.readBigUInt64LE());
  const header: { input_ids: { data_offsets: [number, number] } } = JSON.parse(
    bytes.toString("utf8", 8, headerEnd),
  );
  const [from, to] = header.input_ids.data_offsets;
  const count = (to - from) / 8;
  return Array.from({ length: count }, (_, i) =>
    Number(bytes.readBigInt64LE(headerEnd + from + 8 * i)),
  );
}
