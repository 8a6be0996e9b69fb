import * as fc from "fast-check";
import { expect, test } from "vitest";
import { StudioError } from "../../../engine/contract/errors.ts";
import {
  isObject,
  jsonFault,
  notJson,
  parseObject,
  parsePythonJson,
  quote,
} from "../../../engine/snapshot/json.ts";

const LIMITS = { depth: 3, marks: 1_000 };

test("refuses nothing that JSON.stringify writes", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 2 }), (value) => {
      expect(jsonFault(JSON.stringify(value, null, 1), LIMITS)).toBeUndefined();
    }),
  );
});

test.each([
  [`{"a":1,"a":2}`, `the key "a" is there twice`],
  [`{"a":1,"\\u0061":2}`, `the key "a" is there twice`],
  [`{"o":{"b\\"":1 , "b\\"" : 2}}`, `the key "b\\"" is there twice`],
  [`[[[[1]]]]`, "brackets are nested deeper than 3"],
  [`[${"1,".repeat(1_000)}1]`, "there are more than 1000 keys, commas and brackets"],
])("refuses %s", (text, reason) => {
  expect(jsonFault(text, LIMITS)).toBe(reason);
});

test.each([
  [`{"a":"a","b":"a"}`],
  [`{"a":{"a":1},"b":[{"a":1},{"a":2}]}`],
  [`{"a\\\\":1,"a":2}`],
  [`{"x":"{\\"a\\":1,\\"a\\":2}"}`],
])("accepts %s, if no object has a key twice", (text) => {
  expect(jsonFault(text, LIMITS)).toBeUndefined();
});

test("never throws, whatever the text", () => {
  const scrap = fc.constantFrom("{", "}", "[", "]", ",", ":", '"', "\\", "a", " ");
  fc.assert(
    fc.property(
      fc.array(scrap).map((parts) => parts.join("")),
      (text) => {
        expect(["string", "undefined"]).toContain(typeof jsonFault(text, LIMITS));
      },
    ),
  );
});

test("quotes a value in at most a hundred characters", () => {
  expect(quote("a\u0000")).toBe('"a\\u0000"');
  expect(quote(undefined)).toBe("nothing");
  expect(quote("x".repeat(500))).toHaveLength(101);
});

test("reads what JSON.stringify writes, and Python's bare numbers outside of strings", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.string({ unit: "binary" }), (value, text) => {
      const json = JSON.stringify([value, text, "NaN", "-Infinity \\"]);
      const [, ...rest] = parsePythonJson(`[NaN,${json},-Infinity, Infinity]`) as unknown[];
      expect(rest).toEqual([JSON.parse(json), -Infinity, Infinity]);
    }),
  );
  expect(parsePythonJson('{"a": NaN, "NaN": [NaN]}')).toEqual({ a: NaN, NaN: [NaN] });
});

test("any text is an object or a refusal", () => {
  const parts = fc.constantFrom(
    ..."{ } [ ] , : NaN".split(" "),
    '"',
    "\\",
    "\n",
    "-Infinity",
    "1e9",
    "null",
    '"a"',
  );
  const text = fc.array(parts, { maxLength: 30 }).map((all) => all.join(""));
  fc.assert(
    fc.property(fc.oneof(text, fc.string({ unit: "binary" })), (json) => {
      const outcome = outcomeOf(() => parseObject(json, "config.json"));
      expect(outcome).toSatisfy((value) => value instanceof StudioError || isObject(value));
    }),
  );
});

function outcomeOf(action: () => unknown): unknown {
  try {
    return action();
  } catch (error) {
    return error;
  }
}

test.each(["{Infinity: 1}", "[-NaN]", "[Infinit]", "[aNaN]", '["NaN', "NaN NaN", "[Infinity1]"])(
  "refuses %s, which Python does not read either",
  (text) => {
    expect(() => parsePythonJson(text)).toThrow(SyntaxError);
  },
);

test.each([
  ['{\n"a": "x,}",\n"b": [1,\n2,\n\n]}', "it is not JSON: on line 4 a comma has nothing after it"],
  ['{"a": ",}", "b": tru}', "it is not JSON"],
  ["", "it is not JSON"],
])("says what is wrong with %j", (text, reason) => {
  expect(notJson(text)).toBe(reason);
});

test("quotes numbers that JSON cannot write", () => {
  expect([NaN, -Infinity].map(quote)).toEqual(["NaN", "-Infinity"]);
});
