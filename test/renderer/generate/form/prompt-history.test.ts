import { expect, test } from "vitest";
import { promptsWith } from "../../../../renderer/generate/form/prompt-history.tsx";

test("earlier prompts are found by words in any order and case", () => {
  const prompts = ["A red Boat at sea", "a blue boat", "two fish"];
  expect(promptsWith("", prompts)).toEqual(prompts);
  expect(promptsWith("boat red", prompts)).toEqual(["A red Boat at sea"]);
  expect(promptsWith("  boat ", prompts)).toEqual(prompts.slice(0, 2));
  expect(promptsWith("whale", prompts)).toEqual([]);
});
