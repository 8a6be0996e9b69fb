import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { loadTokenizer } from "../engine/tokenizer/tokenizer-folder.ts";

/** As in make_tokenizer.py: all but surrogates, and letters that got a lower case in Unicode 17. */
function isKnown(code: number): boolean {
  if (code >= 0xd800 && code < 0xe000) return false;
  return !(code >= 0xa7ce && code <= 0xa7d4) && !(code >= 0x16ea0 && code <= 0x16ed3);
}

test("gives transformers' ids for every code point, in a word and beside marks", () => {
  const tokenizer = loadTokenizer("test/golden/clip-tokenizer");
  const hash = createHash("sha256");
  for (let block = 0; block < 0x110000; block += 256) {
    const codes = Array.from({ length: 256 }, (_, i) => block + i).filter(isKnown);
    const characters = codes.map((code) => String.fromCodePoint(code));
    hash.update(tokenizer.encodeAll(characters.map((c) => `a${c}a`).join(" ")));
    hash.update(tokenizer.encodeAll(characters.map((c) => `x${c}\u0334`).join(" ")));
    hash.update(tokenizer.encodeAll(characters.map((c) => `x\u0345${c}`).join(" ")));
  }
  const wanted: unknown = JSON.parse(readFileSync("test/golden/tokenizer/unicode.json", "utf8"));
  expect({ sha256: hash.digest("hex") }).toEqual(wanted);
});
