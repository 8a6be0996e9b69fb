import * as fc from "fast-check";
import { expect, test } from "vitest";
import { StudioError } from "../../../engine/contract/errors.ts";
import { MAX_STYLES, type Style } from "../../../engine/contract/styles.ts";
import { csvOf, jsonOf, readStyles } from "../../../engine/settings/styles-text.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);
const style = (name: string, prompt = "", negativePrompt = ""): Style => ({
  name,
  prompt,
  negativePrompt,
  settings: {},
});

test("reads what AUTOMATIC1111 writes: a mark, quotes, line breaks in a field, empty lines", () => {
  const csv =
    '\ufeffname,prompt,negative_prompt\r\nPencil,"a ""pencil"" drawing of {prompt}, fine",colour\r\n' +
    '\r\n"Two\nlines",x,y\r\nTall,"one\r\ntwo",\r\nShort,only';
  expect(readStyles(bytesOf(csv), "styles.csv")).toEqual({
    styles: [
      style("Pencil", 'a "pencil" drawing of {prompt}, fine', "colour"),
      style("Tall", "one\r\ntwo"),
      style("Short", "only"),
    ],
    skipped: 1,
  });
});

test("reads the older form with one text, and columns in any order", () => {
  expect(readStyles(bytesOf("name,text\na,b\n"), "s.csv").styles).toEqual([style("a", "b")]);
  expect(readStyles(bytesOf("negative_prompt,prompt,name\nn,p,a"), "s.csv").styles).toEqual([
    style("a", "p", "n"),
  ]);
});

test.each([
  ["", "its first line does not name the columns name and prompt"],
  ["a,b\n1,2", "its first line does not name the columns name and prompt"],
  ["{", "its JSON is damaged"],
  ['{"format":2,"styles":[]}', "it was not exported by this version of Darkroom"],
  [`name,prompt\n${"a,b\n".repeat(MAX_STYLES + 1)}`, "it has more than 10,000 styles"],
])("%.20j is refused", (text, reason) => {
  const refusal = new StudioError("STYLES_UNREADABLE", { file: "s.csv", reason });
  expect(() => readStyles(bytesOf(text), "s.csv")).toThrow(refusal.message);
});

test("ten thousand rows are read", () => {
  const rows = Array.from({ length: MAX_STYLES }, (_, i) => `style ${i},"words, and ""more"""`);
  const { styles, skipped } = readStyles(bytesOf(`name,prompt\n${rows.join("\n")}`), "s.csv");
  expect([styles.length, skipped]).toEqual([MAX_STYLES, 0]);
});

const names = fc.string({ unit: "grapheme", minLength: 1, maxLength: 30 });
const texts = fc.string({ unit: fc.constantFrom("a", '"', ",", "\n", "\r", " ", "{prompt}", "é") });
const styles = fc.uniqueArray(
  fc
    .record({ name: names, prompt: texts, negativePrompt: texts })
    .map((fields) => ({
      ...fields,
      name: fields.name.replaceAll(/\p{Cc}/gu, "").trim(),
      settings: {},
    }))
    .filter(({ name }) => name !== ""),
  { selector: ({ name }) => name },
);

test("an export is read again, as JSON and as CSV", () => {
  fc.assert(
    fc.property(styles, (some) => {
      expect(readStyles(bytesOf(jsonOf(some)), "s").styles).toEqual(some);
      expect(readStyles(bytesOf(csvOf(some)), "s").styles).toEqual(some);
    }),
  );
});

test("any bytes are read as styles or refused by name", () => {
  const head = fc.constantFrom(
    "",
    "name,prompt\n",
    '{"format":1,"styles":[',
    "\ufeffname,text\r\n",
  );
  fc.assert(
    fc.property(head, fc.uint8Array({ maxLength: 400 }), (start, tail) => {
      expect(outcomeOf(Buffer.concat([Buffer.from(start), tail]))).not.toBeInstanceOf(TypeError);
    }),
    { numRuns: 2000 },
  );
});

/** The styles in some bytes, or their refusal; any other error is thrown. */
function outcomeOf(bytes: Uint8Array) {
  try {
    return readStyles(bytes, "s");
  } catch (error) {
    if (error instanceof StudioError) return error;
    throw error;
  }
}
