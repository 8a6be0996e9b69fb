import { expect, test } from "vitest";
import { fileNameOf } from "../../../../renderer/buckets/download/file-name.ts";

test("a key's last part becomes a valid file name on every system", () => {
  const keys = ["a/b/sd.mar", "a/toys/", "x/..", 'x/a:b\\c"\u0007', "dot.", "a//", "/"];
  expect(keys.map(fileNameOf)).toEqual(["sd.mar", "toys", "_", "a_b_c__", "dot_", "_", "_"]);
});
