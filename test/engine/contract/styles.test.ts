import { expect, test } from "vitest";
import { StudioError } from "../../../engine/contract/errors.ts";
import { applyStyles, type Style, withStyles } from "../../../engine/contract/styles.ts";

const style = (fields: Partial<Style>): Style => ({
  name: "Some",
  prompt: "",
  negativePrompt: "",
  settings: {},
  ...fields,
});
const PENCIL = style({
  name: "Pencil",
  prompt: "pencil drawing of {prompt}",
  negativePrompt: "colour",
});
const SOFT = style({
  name: "Soft",
  prompt: "soft light",
  settings: { steps: 20, guidanceScale: 5 },
});

test.each([
  ["a fish", [PENCIL, SOFT], "pencil drawing of a fish, soft light"],
  ["a fish", [SOFT, PENCIL], "pencil drawing of a fish, soft light"],
  [" a fish ", [SOFT], "a fish, soft light"],
  ["", [SOFT], "soft light"],
  ["a $& fish", [PENCIL], "pencil drawing of a $& fish"],
  ["", [style({})], ""],
  ["x", [style({ prompt: "{prompt} and {prompt}" })], "x and x"],
])("%j with styles is drawn with the styles' words around it", (prompt, styles, expected) => {
  expect(applyStyles({ prompt, negativePrompt: "" }, styles).prompt).toBe(expected);
});

test("styles that multiply the prompt are refused before the text is made", () => {
  const doubling = style({ prompt: "{prompt}".repeat(500) });
  expect(() =>
    applyStyles({ prompt: "a fish".repeat(10), negativePrompt: "" }, Array(20).fill(doubling)),
  ).toThrow(StudioError);
});

test("a style's settings fill what the request leaves open, the later style's first", () => {
  const hasty = style({ name: "Hasty", settings: { steps: 5 } });
  const asked = { prompt: "a fish", guidanceScale: 7, styles: ["Soft", "Hasty"] };
  expect(withStyles(asked, [SOFT, hasty])).toEqual({
    request: { prompt: "a fish, soft light", negativePrompt: "", steps: 5, guidanceScale: 7 },
    typed: { styles: ["Soft", "Hasty"], typedPrompt: "a fish", typedNegativePrompt: "" },
  });
});

test("without styles nothing is stored besides the prompt", () => {
  expect(withStyles({ prompt: "a fish" }, [])).toEqual({
    request: { prompt: "a fish" },
    typed: {},
  });
});
