import { assert, constantFrom, property, string } from "fast-check";
import { expect, test } from "vitest";
import { countPrompts, expandPrompts } from "../../../../renderer/generate/press/wildcards.ts";

test("alternatives make a prompt each, the last group changing first", () => {
  expect(expandPrompts("a {red|blue} {boat|fish}", 100)).toEqual([
    "a red boat",
    "a red fish",
    "a blue boat",
    "a blue fish",
  ]);
  expect(countPrompts("a {red|blue} {boat|fish}")).toBe(4);
});

test("alternatives may contain alternatives, or nothing", () => {
  expect(expandPrompts("{a {red|blue} boat|a fish|}", 100)).toEqual([
    "a red boat",
    "a blue boat",
    "a fish",
    "",
  ]);
});

test("braces without alternatives stay unchanged", () => {
  const plain = ["a {red} boat", "a {red boat", "a red} boat", "a | b", "{{{", "}|{", "{a|{b", ""];
  expect(plain.map((prompt) => expandPrompts(prompt, 100))).toEqual(
    plain.map((prompt) => [prompt]),
  );
});

test("any text has a number of prompts, and as many of them as requested", () => {
  const text = string({ unit: constantFrom("{", "|", "}", "a", " "), maxLength: 60 });
  assert(
    property(text, (prompt) => {
      const count = countPrompts(prompt);
      expect(expandPrompts(prompt, 50)).toHaveLength(Math.min(50, count));
      expect(count > 1 || expandPrompts(prompt, 50)[0] === prompt).toBe(true);
    }),
  );
  expect(countPrompts("{a|b}".repeat(1000))).toBeGreaterThan(1e200);
  expect(expandPrompts("{a|b}".repeat(1000), 100)).toHaveLength(100);
  expect(expandPrompts("{".repeat(10_000), 100)).toEqual(["{".repeat(10_000)]);
});
