import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openRegular, readRegular } from "../../../engine/files/regular-file.ts";
import { SPECIAL_FILES } from "../../fakes/special-files.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

test("reads the start of a file, up to a limit", async () => {
  const path = join(temporaryFolder(), "file");
  writeFileSync(path, "ten letters");
  expect([await readRegular(path, 3), await readRegular(path, 100)]).toEqual([
    "ten",
    "ten letters",
  ]);
});

test("a missing file is refused by the system", async () => {
  await expect(openRegular(join(temporaryFolder(), "none"))).rejects.toThrow("ENOENT");
});

test.skipIf(process.platform === "win32").each(Object.keys(SPECIAL_FILES))(
  "%s is never waited for, nor read",
  async (what) => {
    const path = join(temporaryFolder(), "file");
    await SPECIAL_FILES[what]?.(path);
    await expect(openRegular(path)).rejects.toThrow(/not an ordinary file|ENXIO|ELOOP/);
  },
);
