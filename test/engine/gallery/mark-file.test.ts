import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { MarkFile } from "../../../engine/gallery/mark-file.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

test("stars and folders survive reopening", async () => {
  const path = join(temporaryFolder(), "gallery.json");
  const first = await MarkFile.open(path);
  await first.star(["a", "b"], true);
  await first.star(["b"], false);
  await first.addFolder("gallery");
  await first.addFolder("/elsewhere");
  await first.addFolder("gallery");
  const second = await MarkFile.open(path);
  expect(["a", "b"].map((id) => second.isStarred(id))).toEqual([true, false]);
  expect(second.folders).toEqual(["gallery", "/elsewhere"]);
  expect(second.notice).toBeUndefined();
});

test("a file from a version without marks keeps its stars", async () => {
  const folder = temporaryFolder();
  const path = join(folder, "gallery.json");
  writeFileSync(path, '{"folders":["gallery"],"starred":["a"]}');
  const markFile = await MarkFile.open(path);
  expect([markFile.notice, markFile.isStarred("a"), markFile.folders]).toEqual([
    undefined,
    true,
    ["gallery"],
  ]);
  expect(markFile.marks).toEqual({ ratings: {}, tags: {}, albums: [] });
});

test.each(["", "{", "[]", '{"folders":[1],"starred":[]}'])(
  "a damaged file (%j) is set aside and reported, and nothing else is lost",
  async (content) => {
    const folder = temporaryFolder();
    const path = join(folder, "gallery.json");
    writeFileSync(path, content);
    const markFile = await MarkFile.open(path);
    expect(markFile.notice).toContain("gallery.json could not be used");
    expect(markFile.folders).toEqual([]);
    expect(readdirSync(folder)).toEqual(["gallery.damaged.json"]);
  },
);
