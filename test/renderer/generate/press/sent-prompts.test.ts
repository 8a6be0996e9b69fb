import { expect, test } from "vitest";
import { MAX_PROMPT } from "../../../../engine/contract/request.ts";
import { sentPrompts } from "../../../../renderer/generate/press/sent-prompts.ts";

const OIL = { prompt: "an oil painting of {prompt}", negativePrompt: "photo" };
const plain = { prompt: "a red fish", negativePrompt: "" };

test("a prompt without alternatives and styles is sent as it is typed", () => {
  expect(sentPrompts(plain, [])).toEqual(plain);
});

test("of the alternatives the longest is sent, without their braces", () => {
  const typed = { prompt: "a {red|purple} fish", negativePrompt: "{dark|dim}" };
  expect(sentPrompts(typed, [])).toEqual({ prompt: "a purple fish", negativePrompt: "{dark|dim}" });
});

test("styles are applied to both prompts", () => {
  const sent = { prompt: "an oil painting of a red fish", negativePrompt: "photo" };
  expect(sentPrompts(plain, [OIL])).toEqual(sent);
});

test("prompts that are too long with their styles stay as typed", () => {
  const typed = { ...plain, prompt: "a".repeat(MAX_PROMPT) };
  expect(sentPrompts(typed, [OIL])).toEqual(typed);
});
