import { createHash, randomBytes } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { hashFile } from "../../../engine/files/hash-file.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

test.each([0, 1, (1 << 20) + 5])(
  "for a file of %i bytes it equals sha256's, and every byte is reported",
  async (size) => {
    const path = join(temporaryFolder(), "file");
    const bytes = randomBytes(size);
    writeFileSync(path, bytes);
    let told = 0;
    const hash = await hashFile(path, (count) => (told += count));
    expect([hash, told]).toEqual([createHash("sha256").update(bytes).digest("hex"), size]);
  },
);

test("it ends when it is told to, and refuses what is not a file", async () => {
  const enough = () => {
    throw new Error("enough");
  };
  await expect(hashFile(import.meta.filename, enough)).rejects.toThrow("enough");
  const folder = join(temporaryFolder(), "folder");
  mkdirSync(folder);
  await expect(hashFile(folder, () => {})).rejects.toMatchObject({ code: "CONFIG_INVALID" });
});
