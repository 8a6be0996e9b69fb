import { chmodSync, mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { socketPath } from "../../../engine/files/socket-path.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

afterEach(() => {
  vi.unstubAllEnvs();
});

const LONG = `/home/ann/${"a".repeat(120)}`;

test("it is in the data folder", async () => {
  expect(await socketPath("/home/ann/studio")).toBe("/home/ann/studio/studio.sock");
});

test("for a path that is too long, it is in a folder of this user only", async () => {
  const runtime = temporaryFolder();
  vi.stubEnv("XDG_RUNTIME_DIR", runtime);
  const path = await socketPath(LONG);
  expect(Buffer.byteLength(path)).toBeLessThanOrEqual(100);
  expect(statSync(join(path, "..")).mode & 0o777).toBe(0o700);
  expect([await socketPath(LONG), await socketPath(`${LONG}b`)]).toEqual([
    path,
    expect.not.stringContaining(path),
  ]);
});

test("bytes are counted, not letters", async () => {
  vi.stubEnv("XDG_RUNTIME_DIR", temporaryFolder());
  expect(await socketPath(`/${"魚".repeat(40)}`)).not.toContain("魚");
});

test("a folder that others may use is not used", async () => {
  const runtime = temporaryFolder();
  vi.stubEnv("XDG_RUNTIME_DIR", runtime);
  const folder = join(runtime, `darkroom-${process.getuid?.()}`);
  mkdirSync(folder);
  chmodSync(folder, 0o755);
  await expect(socketPath(LONG)).rejects.toMatchObject({ code: "DATA_FOLDER_UNUSABLE" });
});
