import { expect, test } from "vitest";
import { linesOf, wrongLine } from "../../../../renderer/server/settings/lines-field.tsx";

test("lines are accepted as people type them", () => {
  expect(linesOf("  studio.example.org \n\nother.example.org, third.example.org\n")).toEqual([
    "studio.example.org",
    "other.example.org",
    "third.example.org",
  ]);
  expect(linesOf("https://example.org/\n")).toEqual(["https://example.org"]);
  expect(linesOf(" \n ")).toEqual([]);
});

test.each([
  ["hostNames", ["studio.example.org"], undefined],
  ["hostNames", ["studio.example.org", "http://two"], "http://two"],
  ["hostNames", ["studio:8080"], "studio:8080"],
  ["origins", ["https://example.org:8443"], undefined],
  ["origins", ["https://example.org", "example.org"], "example.org"],
  ["origins", ["https://example.org/page"], "https://example.org/page"],
  ["hostNames", Array.from({ length: 101 }, (_, index) => `host-${index}`), "101"],
] as const)("of %s %j the contract refuses %s", (name, lines, wrong) => {
  expect(wrongLine(name, lines)).toBe(wrong);
});
