import { chmodSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readKeyFile } from "../../../engine/server/key-file.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

test("a missing file is created, for this user only", async () => {
  const path = join(temporaryFolder(), "key");
  const { key, notices } = await readKeyFile(path);
  expect(key).toMatch(/^[\w-]{43}$/);
  expect([readFileSync(path, "utf8"), statSync(path).mode & 0o777]).toEqual([`${key}\n`, 0o600]);
  expect(notices).toEqual([`${path} was not there: a new key was made and written to it.`]);
  expect(await readKeyFile(path)).toEqual({ key, notices: [] });
});

test.each([
  ["short", 0o600, "one line"],
  ["", 0o600, "one line"],
  [`${"a".repeat(40)}\n${"b".repeat(40)}`, 0o600, "one line"],
  [`${"a".repeat(20)} ${"b".repeat(20)}`, 0o600, "one line"],
  ["a".repeat(43), 0o644, "chmod 600"],
  ["a".repeat(43), 0o640, "chmod 600"],
])("%j with mode %o is refused", async (content, mode, reason) => {
  const path = join(temporaryFolder(), "key");
  writeFileSync(path, content);
  chmodSync(path, mode);
  await expect(readKeyFile(path)).rejects.toMatchObject({
    code: "REQUEST_INVALID",
    details: { field: "--key-file", value: path, reason: expect.stringContaining(reason) },
  });
});

test("a folder that does not exist is named", async () => {
  const path = join(temporaryFolder(), "none", "key");
  await expect(readKeyFile(path)).rejects.toMatchObject({ details: { value: path } });
});
