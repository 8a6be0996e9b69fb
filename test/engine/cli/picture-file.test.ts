import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { checkFree } from "../../../engine/cli/picture-file.ts";
import { refusal } from "../../fakes/refusal.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

const NOWHERE = "its folder does not exist";
const A_FILE = "there is a file where its folder should be";

test.each([
  ["a folder", "nowhere", NOWHERE],
  ["a folder that ends in a slash", "nowhere/", NOWHERE],
  ["a file of a folder", "nowhere/dog.png", NOWHERE],
  ["a folder that is a file", "taken", A_FILE],
  ["a file below a file", "taken/dog.png", A_FILE],
])("before anything is drawn, %s that cannot be written is refused", async (_, name, reason) => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "taken"), "");
  const path = join(folder, name);
  for (const force of [false, true]) {
    const checked = checkFree({ out: path, force, count: 1 });
    await expect(checked).rejects.toEqual(refusal("OUTPUT_UNWRITABLE", { path, reason }));
  }
});

test("an existing folder, a free name in it, and no name at all are accepted", async () => {
  const folder = temporaryFolder();
  for (const out of [folder, join(folder, "dog.png"), undefined]) {
    await checkFree({ out, force: false, count: 2 });
  }
  writeFileSync(join(folder, "dog-2.png"), "");
  const path = join(folder, "dog-2.png");
  const checked = checkFree({ out: join(folder, "dog.png"), force: false, count: 2 });
  await expect(checked).rejects.toEqual(refusal("OUTPUT_EXISTS", { path }));
});
