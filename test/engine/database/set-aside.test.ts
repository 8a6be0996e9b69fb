import { readdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { expect, test } from "vitest";
import { openDatabase } from "../../../engine/database/database.ts";
import { setAside } from "../../../engine/database/set-aside.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

test("moves damaged databases out of the way, none over another", () => {
  const folder = temporaryFolder();
  const path = join(folder, "queue.sqlite");
  const names = ["one", "two"].map((text) => {
    for (const suffix of ["", "-wal", "-shm"]) writeFileSync(path + suffix, text);
    return basename(setAside(path));
  });
  openDatabase(path, []).close();
  expect({ names, files: readdirSync(folder).toSorted() }).toEqual({
    names: ["queue.damaged.sqlite", "queue.damaged-2.sqlite"],
    files: [
      "queue.damaged-2.sqlite",
      "queue.damaged-2.sqlite-shm",
      "queue.damaged-2.sqlite-wal",
      "queue.damaged.sqlite",
      "queue.damaged.sqlite-shm",
      "queue.damaged.sqlite-wal",
      "queue.sqlite",
    ],
  });
});
