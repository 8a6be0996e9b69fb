import { chmodSync, mkdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { dataFolderPath, openDataFolder } from "../../../engine/files/data-folder.ts";
import { refusal } from "../../fakes/refusal.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

const home = "/home/ann";

afterEach(() => {
  vi.unstubAllEnvs();
});

test.each([
  ["linux", {}, undefined, "/home/ann/.local/share/darkroom"],
  ["linux", { XDG_DATA_HOME: "/data" }, undefined, "/data/darkroom"],
  ["linux", { XDG_DATA_HOME: "data" }, undefined, "/home/ann/.local/share/darkroom"],
  ["darwin", {}, undefined, "/home/ann/Library/Application Support/Darkroom"],
  ["win32", { LOCALAPPDATA: "/local" }, undefined, "/local/Darkroom"],
  ["win32", {}, undefined, "/home/ann/AppData/Local/Darkroom"],
  ["linux", { DARKROOM_HOME: "/studio" }, undefined, "/studio"],
  ["linux", { DARKROOM_HOME: "" }, undefined, "/home/ann/.local/share/darkroom"],
  ["linux", { DARKROOM_HOME: "/studio" }, "/chosen", "/chosen"],
] as const)("on %s with %j and --data-dir %s it is %s", (platform, env, chosen, path) => {
  expect(dataFolderPath(chosen, { platform, env, home })).toBe(path);
});

test("a user without a home folder is asked for one, unless a variable names it", () => {
  const machine = { platform: "linux", env: {}, home: undefined } as const;
  expect(() => dataFolderPath(undefined, machine)).toThrow(refusal("REQUEST_INVALID"));
  expect(dataFolderPath("/chosen", machine)).toBe("/chosen");
  expect(dataFolderPath(undefined, { ...machine, env: { XDG_DATA_HOME: "/data" } })).toBe(
    "/data/darkroom",
  );
});

test("only this user can read a new folder", async () => {
  const path = join(temporaryFolder(), "a", "b");
  expect(await openDataFolder(path)).toBe(path);
  expect(statSync(path).mode & 0o777).toBe(0o700);
});

test("a studio's folder that others could read is closed to them", async () => {
  const path = temporaryFolder();
  chmodSync(path, 0o755);
  writeFileSync(join(path, "settings.json"), "{}");
  mkdirSync(join(path, "gallery"));
  await openDataFolder(path);
  expect(statSync(path).mode & 0o777).toBe(0o700);
});

test("an empty folder that everybody may write to is closed to them", async () => {
  const path = temporaryFolder();
  chmodSync(path, 0o777);
  await openDataFolder(path);
  expect(statSync(path).mode & 0o777).toBe(0o700);
});

test("a folder with other content keeps its mode", async () => {
  const path = temporaryFolder();
  chmodSync(path, 0o755);
  writeFileSync(join(path, "thesis.tex"), "");
  await openDataFolder(path);
  expect(statSync(path).mode & 0o777).toBe(0o755);
});

test("a link is followed, so that one folder has one owner", async () => {
  const path = temporaryFolder();
  const link = join(temporaryFolder(), "link");
  symlinkSync(path, link);
  expect(await openDataFolder(link)).toBe(path);
});

test.each([
  ["a file", (path: string) => writeFileSync(path, ""), "it is a file"],
  [
    "what everybody may write to and has",
    (path: string) => {
      mkdirSync(path);
      writeFileSync(join(path, "settings.json"), "{}");
      chmodSync(path, 0o777);
    },
    expect.stringMatching(/^everybody may write to it; \/.+\/darkroom would do$/),
  ],
])("%s is refused", async (_, make, reason) => {
  const path = join(temporaryFolder(), "studio");
  make(path);
  await expect(openDataFolder(path)).rejects.toMatchObject({
    code: "DATA_FOLDER_UNUSABLE",
    details: { path, reason },
  });
});

test("a path through a file is refused", async () => {
  const file = join(temporaryFolder(), "file");
  writeFileSync(file, "");
  await expect(openDataFolder(join(file, "studio"))).rejects.toMatchObject({
    details: { reason: "a part of the path is a file" },
  });
});
