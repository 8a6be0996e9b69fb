import { expect, test } from "vitest";
import { createCutter } from "../../../engine/tokenizer/added-tokens.ts";

function cutBy(
  tokens: Readonly<Record<string, { singleWord: boolean }>>,
): (text: string) => string[] {
  const added = Object.entries(tokens).map(([content, { singleWord }], id) => {
    return { content, id, normalized: false, singleWord };
  });
  const cut = createCutter(added, (content) => content);
  return (text) => [...cut(text)].map(({ from, to, id }) => `${id ?? ""}:${text.slice(from, to)}`);
}

const anywhere = { singleWord: false };

test("finds tokens and keeps the text in between", () => {
  const cut = cutBy({ "!": anywhere, "<x>": anywhere });
  expect(cut("a!!b<x>")).toEqual([":a", "0:!", "0:!", ":b", "1:<x>"]);
  expect([cut(""), cut("plain")]).toEqual([[], [":plain"]]);
});

test("takes the longest token at a place", () => {
  expect(cutBy({ "<": anywhere, "<x": anywhere, "<x>": anywhere })("<x><x<")).toEqual([
    "2:<x>",
    "1:<x",
    "0:<",
  ]);
});

test("takes a single word only if it is separate", () => {
  const cut = cutBy({ dog: { singleWord: true } });
  expect(cut("dog hotdog dogs dog_ (dog) 𝒳dog dog🐶")).toEqual([
    "0:dog",
    ": hotdog dogs dog_ (",
    "0:dog",
    ":) 𝒳dog ",
    "0:dog",
    ":🐶",
  ]);
});
