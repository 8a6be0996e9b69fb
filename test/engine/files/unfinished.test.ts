import { randomUUID } from "node:crypto";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { writeAtomically } from "../../../engine/files/atomic-file.ts";
import { sweepUnfinished, UNFINISHED } from "../../../engine/files/unfinished.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

test("only a file that is being written is called unfinished", async () => {
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

test("leftovers of one path are swept; files of other paths and programs stay", async () => {
  const folder = temporaryFolder();
  const kept = ["cat.png", "cat.png.part", `dog.png.${randomUUID()}.part`, "cat.png.x.part"];
  const swept = [`cat.png.${randomUUID()}.part`, `cat.png.${randomUUID()}.part`];
  for (const name of [...kept, ...swept]) writeFileSync(join(folder, name), "");
  await sweepUnfinished(join(folder, "cat.png"));
  expect(readdirSync(folder).toSorted()).toEqual(kept.toSorted());
});

test("in a missing folder there is nothing to sweep", async () => {
  const folder = temporaryFolder();
  await sweepUnfinished(join(folder, "gone/cat.png"));
  expect(readdirSync(folder)).toEqual([]);
});
