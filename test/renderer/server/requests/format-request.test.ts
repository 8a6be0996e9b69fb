import { expect, test } from "vitest";
import { formatMs, readableBody } from "../../../../renderer/server/requests/format-request.ts";

test.each([
  [0.4, "0 ms"],
  [12.3, "12 ms"],
  [999.4, "999 ms"],
  [999.6, "1.0 s"],
  [2140, "2.1 s"],
  [1_680_000, "28 min"],
])("%s ms are shown as %s", (ms, words) => {
  expect(formatMs(ms)).toBe(words);
});

test("only complete JSON is reformatted", () => {
  expect([
    readableBody('{"a":[1]}', false),
    readableBody('{"a":[1', true),
    readableBody("<html>", false),
    readableBody('{"pixels":[1,2 …]}', false),
  ]).toEqual(['{\n  "a": [\n    1\n  ]\n}', '{"a":[1', "<html>", '{"pixels":[1,2 …]}']);
});
