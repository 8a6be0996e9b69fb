import { expect, test } from "vitest";
import { rankEntries } from "../../../renderer/ui/rank-entries.ts";

const ENTRIES = [
  { id: "gallery", label: "Go to Gallery", group: "Darkroom", keywords: ["outputs"] },
  { id: "euler", label: "Sampler: Euler", group: "Samplers", keywords: ["scheduler"] },
  { id: "karras", label: "Sampler: Euler Karras", group: "Samplers", keywords: ["scheduler"] },
  { id: "theme", label: "Theme: Dark", group: "Theme" },
] as const;

function found(search: string, recent: readonly string[] = []): string[] {
  return rankEntries(ENTRIES, search, recent).map(({ id }) => id);
}

test("every word of a search must occur: in the name, the group or other names", () => {
  expect({
    name: found("gall"),
    words: found("karras EULER"),
    group: found("theme dark"),
    other: found("outputs"),
    nothing: found("euler whale"),
  }).toEqual({
    name: ["gallery"],
    words: ["karras"],
    group: ["theme"],
    other: ["gallery"],
    nothing: [],
  });
});

test("a name's own words come before other names, and recently used entries before equals", () => {
  const entries = [
    { id: "note", label: "Copy the prompt", keywords: ["seed"] },
    { id: "inner", label: "Reseed" },
    { id: "seed", label: "Seed" },
    { id: "new", label: "New seed" },
  ];
  const order = (recent: readonly string[]) =>
    rankEntries(entries, "seed", recent).map(({ id }) => id);
  expect(order([])).toEqual(["seed", "new", "inner", "note"]);
  expect(order(["new"])).toEqual(["seed", "new", "inner", "note"]);
  expect(found("euler", ["karras", "euler"])).toEqual(["karras", "euler"]);
  expect(found("euler")).toEqual(["euler", "karras"]);
});

test("without a search the order is unchanged", () => {
  expect(found("  ", ["theme"])).toEqual(ENTRIES.map(({ id }) => id));
});
