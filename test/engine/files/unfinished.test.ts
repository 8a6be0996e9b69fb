import { randomUUID } from "node:crypto";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { writeAtomically } from "../../../engine/files/atomic-file.ts";
import { sweepUnfinished, UNFINISHED } from "../../../engine/files/unfinished.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

test("a file that is being written is called unfinished, and nothing else is", async () => {
  const folder = temporaryFolder();
  let names: string[] = [];
  await writeAtomically(join(folder, "cat.png"), async () => {
    names = readdirSync(folder);
  });
  expect(names).toEqual([expect.stringMatching(UNFINISHED)]);
  expect(
    ["cat.png", "film.part", "cat.png.part", `${randomUUID()}.part.png`].join("\n"),
  ).not.toMatch(UNFINISHED);
});

test("what was left of one path is swept; other paths' and other programs' files stay", async () => {
  const folder = temporaryFolder();
  const kept = ["cat.png", "cat.png.part", `dog.png.${randomUUID()}.part`, "cat.png.x.part"];
  const swept = [`cat.png.${randomUUID()}.part`, `cat.png.${randomUUID()}.part`];
  for (const name of [...kept, ...swept]) writeFileSync(join(folder, name), "");
  await sweepUnfinished(join(folder, "cat.png"));
  expect(readdirSync(folder).toSorted()).toEqual(kept.toSorted());
});

test("where the folder is gone there is nothing to sweep", async () => {
  const folder = temporaryFolder();
  await sweepUnfinished(join(folder, "gone/cat.png"));
  expect(readdirSync(folder)).toEqual([]);
});
