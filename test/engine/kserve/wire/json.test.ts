import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Json, isList, itemsOf, readJson } from "../../../../engine/kserve/wire/json.ts";
import { NumberArray } from "../../../../engine/kserve/wire/json-numbers.ts";
import { MessageFault } from "../../../../engine/kserve/wire/message-fault.ts";
import { anyText, processorMs, utf8 } from "../bodies.ts";

const LIMITS = { depth: 16, values: 100_000, numbers: 1_000_000 };

function read(text: string | Uint8Array, limits = LIMITS): Json {
  return readJson(typeof text === "string" ? utf8(text) : text, limits).value;
}

/** Our result for a JSON text in the form of JSON.parse's. */
function plain(value: Json): unknown {
  if (isList(value)) return itemsOf(value).map(plain);
  if (!(value instanceof Map)) return value;
  return Object.fromEntries([...value].map(([key, entry]) => [key, plain(entry)]));
}

function faultOf(action: () => unknown): string | undefined {
  try {
    action();
    return undefined;
  } catch (error) {
    if (error instanceof MessageFault) return error.reason;
    throw error;
  }
}

/** Numbers as people and programs write them, except integers of more than 53 bits. */
const number = fc.oneof(
  fc
    .double({ noDefaultInfinity: true, noNaN: true })
    .filter(
      (value) => !Number.isInteger(value) || Number.isSafeInteger(value) || /e/.test(String(value)),
    ),
  fc.integer(),
  fc.constantFrom(0, -0, 1e300, 5e-324, -1.5e-7, 0.1, 123456789012345, 1234567890123456),
);
const value = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    fc.constantFrom(null, true, false),
    number,
    anyText,
    fc.array(number, { maxLength: 5 }),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(anyText, tie("value"), { maxKeys: 4 }),
  ),
})).value;

test("reads what JSON.parse reads", () => {
  const spaces = fc.constantFrom(undefined, 1, "\t", "\n\r ");
  fc.assert(
    fc.property(value, spaces, (written, indent) => {
      const text = JSON.stringify(written, null, indent);
      expect(plain(read(text))).toEqual(JSON.parse(text));
    }),
    { numRuns: 1000 },
  );
});

test("refuses what JSON.parse refuses, and additionally only a repeated key", () => {
  const mutation = fc.record({
    at: fc.nat(),
    letter: fc.constantFrom(...'{}[],:"\\-0+.eE1tfn \n\u0001'.split("")),
  });
  const mutations = fc.array(mutation, { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(value, mutations, (written, mutations) => {
      let text = JSON.stringify(written);
      for (const { at, letter } of mutations) {
        const place = at % (text.length + 1);
        text = text.slice(0, place) + letter + text.slice(place);
      }
      text = text.toWellFormed();
      const [ours, theirs] = [outcome(() => whole(text)), outcome(() => JSON.parse(text))];
      expect(ours).toEqual(ours === "twice" ? "twice" : theirs);
    }),
    { numRuns: 2000 },
  );
});

/** The result of reading, or that it was refused. */
function outcome(read: () => unknown): unknown {
  try {
    return { read: loose(read()) };
  } catch (error) {
    if (error instanceof SyntaxError) return "refused";
    if (!(error instanceof MessageFault)) throw error;
    return error.reason.endsWith("is there twice") ? "twice" : "refused";
  }
}

/** The value of a text that ends with it, as JSON.parse requires. */
function whole(text: string): unknown {
  const bytes = utf8(text);
  const { value, end } = readJson(bytes, LIMITS);
  if (/^[ \n\r\t]*$/.test(Buffer.from(bytes.subarray(end)).toString())) return plain(value);
  throw new MessageFault("The body", "read", "something follows it");
}

/** Integers beyond 53 bits as the doubles that JSON.parse makes of them. */
function loose(value: unknown): unknown {
  if (typeof value === "bigint") return Number(value);
  if (Array.isArray(value)) return value.map(loose);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, loose(entry)]));
}

describe("arrays of numbers are dense", () => {
  test.each<[string, number[], number[]]>([
    ["[1]", [1], [1]],
    ["[ 1 , 2.5,-3e2 ]", [3], [1, 2.5, -300]],
    ["[[1,2],[3,4],[5,6]]", [3, 2], [1, 2, 3, 4, 5, 6]],
    ["[[[1,2,3]],[[4,5,6]]]", [2, 1, 3], [1, 2, 3, 4, 5, 6]],
    ["[[[[0]]]]", [1, 1, 1, 1], [0]],
  ])("%s", (text, shape, values) => {
    expect(read(text)).toEqual(new NumberArray(shape, Float64Array.from(values)));
  });

  test.each([
    "[]",
    "[[]]",
    "[1,null]",
    "[1,[2]]",
    "[[1],[2,3]]",
    "[[1],2]",
    "[[1],[[2]]]",
    '[1,"2"]',
  ])("%s is not", (text) => {
    const value = read(text);
    expect(value).not.toBeInstanceOf(NumberArray);
    expect(plain(value)).toEqual(JSON.parse(text));
  });

  test("rows of a dense array are dense themselves", () => {
    expect(itemsOf(read("[[1,2],[3,4]]"))).toEqual([
      new NumberArray([2], Float64Array.of(1, 2)),
      new NumberArray([2], Float64Array.of(3, 4)),
    ]);
  });
});

test("whole numbers of 64 bits keep their digits", () => {
  expect(read("[18446744073709551615, -9223372036854775808, 9007199254740991]")).toEqual([
    18446744073709551615n,
    -9223372036854775808n,
    9007199254740991,
  ]);
});

test("returns where the value ends, for what follows it", () => {
  expect(readJson(utf8('{"a":1}\0\u0001binary'), LIMITS).end).toBe(7);
});

describe("limits are checked before memory is used", () => {
  const [open, close] = ["[".repeat(400_000), "]".repeat(400_000)];

  test.each<[string, string, RegExp]>([
    ["16 brackets are read", `${"[".repeat(16)}${"]".repeat(16)}`, /^$/],
    ["17 are not", `${"[".repeat(17)}${"]".repeat(17)}`, /deeper than 16/],
    ["17 around a number are not", `${"[".repeat(17)}1${"]".repeat(17)}`, /deeper than 16/],
    ["400,000 are not", open + close, /deeper than 16/],
    ["400,000 around a number are not", `${open}1${close}`, /deeper than 16/],
    ["400,000 braces are not", '{"a":'.repeat(400_000), /deeper than 16/],
    ["100,001 values", `[${"null,".repeat(100_001)}null]`, /more than 100000 values/],
    ["a million numbers and more", `[${"1,".repeat(1_100_000)}1]`, /more than 1000000 numbers/],
    ["100,001 mixed numbers", `["",${"1,".repeat(100_001)}1]`, /more than 100000 values/],
    ["a number of a million digits", `[${"1".repeat(1_000_000)}]`, /many hundred digits/],
    ["a key twice", '{"a":1,"b":{"a":2},"a":3}', /the key "a" is there twice/],
    ["a key twice in two spellings", '{"a":1,"\\u0061":3}', /the key "a" is there twice/],
  ])("%s", (_, text, reason) => {
    let fault: string | undefined;
    expect(processorMs(() => (fault = faultOf(() => read(text))))).toBeLessThan(1000);
    expect(fault ?? "").toMatch(reason);
  });

  test("no arrangement of brackets and numbers makes it read a text many times", () => {
    const rows = `[${"[[1,2],[3,4]],".repeat(50_000)}["x"]]`;
    const columns = `[${'[[[[[[[1,"x"]]]]]]],'.repeat(5000)}0]`;
    const faults: (string | undefined)[] = [];
    const both = (): unknown =>
      faults.push(...[rows, columns].map((text) => faultOf(() => read(text))));
    expect(processorMs(both)).toBeLessThan(1000);
    expect(faults).toEqual(["it holds more than 100000 values", undefined]);
  });
});

describe("says what is wrong with a text", () => {
  test.each<[string | Uint8Array, string]>([
    ["", "it is empty"],
    ['{"inputs": [', "it ends too early"],
    ['{"a"', "it ends too early"],
    ['"half', "it ends in the middle of a string"],
    ["[1,2", "it ends too early"],
    ["[NaN]", "at byte 1 it holds NaN, which is not a number"],
    ["[1, Infinity]", "at byte 4 it holds Infinity, which is not a number"],
    ["<html>", 'at byte 0 it is not JSON but "<html>"'],
    ["{'a':1}", "at byte 1 it is not JSON but \"'a':1}\""],
    ["[01]", 'at byte 2 it is not JSON but "1]"'],
    ["[1.]", 'at byte 1 it is not JSON but "1.]"'],
    ["-", 'at byte 0 it is not JSON but "-"'],
    ['"a\nb"', "a string holds a line break or another control character"],
    ['"\\x"', '"\\\\x" has an escape that JSON does not know'],
    [Uint8Array.of(0x22, 0xff, 0x22), "a string is not UTF-8 text"],
    [Uint8Array.of(0x22, 0xed, 0xa0, 0x80, 0x22), "a string is not UTF-8 text"],
    ["\0", 'at byte 0 it is not JSON but "\\u0000"'],
  ])("%j", (text, reason) => {
    expect(faultOf(() => read(text))).toBe(reason);
  });

  test("any bytes give an error or a value", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(() => faultOf(() => read(bytes))).not.toThrow();
      }),
      { numRuns: 2000 },
    );
  });
});

test("a leading byte order mark is skipped, and counts as read; elsewhere it is not JSON", () => {
  const marked = utf8('\ufeff{"a":1}');
  expect(plain(read(marked))).toEqual({ a: 1 });
  expect(readJson(marked, LIMITS).end).toBe(marked.length);
  expect(faultOf(() => read('{"a":\ufeff1}'))).toContain("at byte 5");
  expect(faultOf(() => read(utf8("\ufeff")))).toBeDefined();
});
