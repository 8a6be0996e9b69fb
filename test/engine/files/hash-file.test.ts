import { createHash, randomBytes } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { hashFile } from "../../../engine/files/hash-file.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

test.each([0, 1, (1 << 20) + 5])(
  "of a file of %i bytes it is sha256's, every byte told of",
  async (size) => {
    const path = join(temporaryFolder(), "file");
    const bytes = randomBytes(size);
    writeFileSync(path, bytes);
    let told = 0;
    const hash = await hashFile(path, (count) => (told += count));
    expect([hash, told]).toEqual([createHash("sha256").update(bytes).digest("hex"), size]);
  },
);

test("it ends where it is told to, and what is no file is refused", async () => {
  const enough = () => {
    throw new Error("enough");
  };
  await expect(hashFile(import.meta.filename, enough)).rejects.toThrow("enough");
  const folder = join(temporaryFolder(), "folder");
  mkdirSync(folder);
  await expect(hashFile(folder, () => {})).rejects.toMatchObject({ code: "CONFIG_INVALID" });
});
