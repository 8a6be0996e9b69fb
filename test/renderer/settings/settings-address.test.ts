import { expect, test } from "vitest";
import { holdsWords } from "../../../renderer/settings/settings-address.ts";
import { settingLines } from "../../../renderer/words/en/setting-lines.ts";
import { settings } from "../../../renderer/words/en/settings.ts";

test("a line is found by any of its words, in any order and case", () => {
  const text = "Pictures File names What new pictures are called. pattern";
  expect([
    holdsWords(text, "NAMES file"),
    holdsWords(text, "pattern"),
    holdsWords(text, ""),
    holdsWords(text, "file theme"),
  ]).toEqual([true, true, true, false]);
});

test("every line is in a section, and says in one or two sentences what it changes", () => {
  const parts = new Set(Object.keys(settings));
  for (const { section, name, what } of Object.values(settingLines)) {
    expect(parts).toContain(section);
    expect(name).not.toBe("");
    expect(what).toMatch(/\.$/);
  }
});
