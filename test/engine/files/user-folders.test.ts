import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { homeFolder, ownTemporaryFolder } from "../../../engine/files/user-folders.ts";
import { refusal } from "../../fakes/refusal.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

afterEach(() => {
  vi.unstubAllEnvs();
});

test("the home folder is the value of HOME", () => {
  vi.stubEnv("HOME", "/home/ann");
  expect(homeFolder()).toBe("/home/ann");
});

test.runIf(process.getuid?.() === 0)("a user unknown to the system has none", () => {
  // The program is passed as text, since that user may not read the folder of the tests.
  const program = `process.setuid(54321); import("node:os").then(({ homedir }) => {
    try { console.log(homedir()) } catch { console.log("none") } })`;
  const { HOME: _, ...env } = process.env;
  expect(execFileSync(process.execPath, ["-e", program], { env }).toString().trim()).toBe("none");
});

test.runIf(process.platform !== "win32")("its temporary folder is its own, or refused", () => {
  const runtime = temporaryFolder();
  vi.stubEnv("XDG_RUNTIME_DIR", runtime);
  const folder = ownTemporaryFolder();
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(ownTemporaryFolder()).toBe(folder);
  chmodSync(folder, 0o777);
  expect(() => ownTemporaryFolder()).toThrow(refusal("DATA_FOLDER_UNUSABLE"));
  vi.stubEnv("XDG_RUNTIME_DIR", join(runtime, "other"));
  mkdirSync(join(runtime, "other"));
  expect(ownTemporaryFolder()).not.toBe(folder);
});
