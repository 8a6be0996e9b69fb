import { join, resolve, sep } from "node:path";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { fileNameOf } from "../../../engine/gallery/file-name.ts";
import { RECORD } from "../../fakes/gallery.ts";

const createdAt = new Date(2026, 10, 24, 14, 3, 59).toISOString();
const parts = { id: "0123456789abcdef0123", record: RECORD, createdAt };

test.each([
  ["{date}/{prompt}-{seed}", "2026-11-24/a-red-fish-42"],
  [
    "{date} {time} {model} {width}x{height} {id}",
    "2026-11-24 14-03-59 starter 4x2 0123456789abcdef0123",
  ],
  ["a/b\\c/{seed}", "a/b/c/42"],
  ["{seed}.png", "42"],
  ["{unknown} {toString}", "{unknown} {toString}"],
  ["", "picture"],
  ["///", "picture"],
  ["a/..", "a/picture"],
  ["{date}/", "2026-11-24/picture"],
  ["../../{seed}", "42"],
  ["/etc/{seed}", "etc/42"],
  ["C:\\{seed}", "C/42"],
  ["~/{seed}", "~/42"],
  [".hidden", "hidden"],
  ["ends. . ", "ends"],
  ["CON", "_CON"],
  ["nul.txt/com1/lpt¹/conin$", "_nul.txt/_com1/_lpt¹/_conin$"],
  ["console/comrade", "console/comrade"],
  ['a<b>:"|?*\0\n\u202e\u200bc', "abc"],
  ["1/2/3/4/5/6/7/8/9/10/last", "1/2/3/4/5/6/7/8/last"],
])("pattern %j gives %j", (pattern, expected) => {
  expect(fileNameOf(pattern, parts)).toBe(expected.split("/").join(sep));
});

test.each([
  ["Äpfel & Birnen!", "äpfel-birnen"],
  ["黒い猫, watercolour", "黒い猫-watercolour"],
  ["", "picture"],
  ["../../etc/passwd", "etc-passwd"],
  ["  \n<script>", "script"],
  ["a".repeat(100), "a".repeat(60)],
  ["nul", "_nul"],
])("prompt %j is %j in a name", (prompt, expected) => {
  expect(fileNameOf("{prompt}", { ...parts, record: { ...RECORD, prompt } })).toBe(expected);
});

test("names fit every file system with space for a number and the extension, cut between characters", () => {
  const name = fileNameOf("猫".repeat(100), parts);
  expect(name).toBe("猫".repeat(66));
});

test("no pattern and no prompt leads out of the folder or to a name that systems refuse", () => {
  const nasty = fc.constantFrom(
    "..",
    ".",
    "/",
    "\\",
    "{prompt}",
    "{model}",
    "con",
    "nul.",
    " ",
    "a",
    "\0",
    "猫",
    "\ud800",
  );
  const text = fc.oneof(
    fc.string({ unit: "binary", maxLength: 300 }),
    fc.array(nasty, { maxLength: 20 }).map((pieces) => pieces.join("")),
  );
  fc.assert(
    fc.property(text, text, text, (pattern, prompt, model) => {
      const name = fileNameOf(pattern, { ...parts, record: { ...RECORD, prompt, model } });
      const folder = resolve("/pictures");
      expect(resolve(folder, name)).toBe(join(folder, name));
      for (const part of name.split(sep)) {
        expect(Buffer.byteLength(part)).toBeLessThanOrEqual(201);
        expect(part).not.toMatch(
          /^$|^\.|[. ]$|[<>:"/\\|?*\p{C}]|^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/iu,
        );
      }
    }),
    { numRuns: 2000 },
  );
});

test("a seed that an endpoint did not report leaves no trace in the name", () => {
  const { seed: _, ...record } = RECORD;
  expect(fileNameOf("{seed}/{prompt}-{seed}", { ...parts, record })).toBe("a-red-fish");
});
