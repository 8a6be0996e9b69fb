import { expect, test } from "vitest";
import { joinLike, splitLike } from "../../../../renderer/gallery/filters/search-words.tsx";

test.each([
  ["", "", ""],
  ["boat ", "", "boat "],
  ["like:a-1", "like:a-1", ""],
  ["like:a-1 boat ", "like:a-1", "boat "],
  ["boat like:a-1", "", "boat like:a-1"],
])("%j is the term %j and the text %j", (search, like, text) => {
  expect(splitLike(search)).toEqual({ like, text });
  expect(joinLike({ like, text })).toBe(search);
});

test("an empty text searches for the term alone", () => {
  expect(joinLike({ like: "like:a-1", text: "  " })).toBe("like:a-1");
});
