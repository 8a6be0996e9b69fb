import { expect, test } from "vitest";
import type { GalleryQuery } from "../../../engine/contract/gallery.ts";
import { cleared, isNarrowed, readQuery, writeQuery } from "../../../renderer/gallery/address.ts";

const EVERYTHING: GalleryQuery = {
  search: "fish & chips",
  model: "Stable Diffusion 2",
  target: "local",
  size: { width: 768, height: 512 },
  from: "2026-11-01",
  to: "2026-11-24",
  isStarred: true,
  isTrashed: true,
  sort: "oldest",
};

test("a query is read back from its address", () => {
  expect(readQuery(writeQuery("", EVERYTHING))).toEqual(EVERYTHING);
});

test("an address without parameters means no filters, and the reverse", () => {
  expect(readQuery("")).toEqual({});
  expect(writeQuery("", {})).toBe("");
});

test("an address's other parameters stay", () => {
  expect(writeQuery("fake=many&starred=true", { search: "cat" })).toBe("fake=many&search=cat");
});

test.each([
  ["size=big", {}],
  ["size=100x", {}],
  ["from=yesterday&to=2026-11-24", { to: "2026-11-24" }],
  ["sort=random&starred=maybe&trash=1", {}],
  ["sort=newest&trash=false", {}],
  ["search=", {}],
  ["sort=oldest&other=1", { sort: "oldest" }],
] as const)("of %s only the valid parts apply", (address, query) => {
  expect(readQuery(address)).toEqual(query);
});

test("order and trash are not filters, everything else is", () => {
  expect(isNarrowed({ sort: "oldest", isTrashed: true })).toBe(false);
  expect(isNarrowed({ search: "" })).toBe(false);
  expect(isNarrowed({ isStarred: true })).toBe(true);
  expect(isNarrowed({ size: { width: 1, height: 1 } })).toBe(true);
});

test("clearing the filters keeps the order and the trash", () => {
  expect(cleared(EVERYTHING)).toEqual({ isTrashed: true, sort: "oldest" });
});
