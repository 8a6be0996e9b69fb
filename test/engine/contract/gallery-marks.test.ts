import { expect, test } from "vitest";
import { splitTags } from "../../../engine/contract/gallery-marks.ts";

test.each([
  ["cozy, red", ["cozy", "red"]],
  ["best of June", ["best of June"]],
  [" ,, a ,", ["a"]],
  ["", []],
])("%j names the tags %j", (typed, tags) => {
  expect(splitTags(typed)).toEqual(tags);
});
