import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { cacheFolder } from "../../../engine/store/cache-folder.ts";

import { temporaryFolder } from "../../fakes/temporary-folder.ts";

const home = join("/", "home", "ada");

test.each([
  ["linux", {}, join(home, ".cache", "darkroom")],
  ["linux", { XDG_CACHE_HOME: "/big/cache" }, join("/big/cache", "darkroom")],
  ["linux", { XDG_CACHE_HOME: "relative" }, join(home, ".cache", "darkroom")],
  ["linux", { XDG_CACHE_HOME: "" }, join(home, ".cache", "darkroom")],
  ["darwin", {}, join(home, "Library", "Caches", "darkroom")],
  ["win32", { LOCALAPPDATA: "C:/Local" }, join("C:/Local", "darkroom")],
  ["win32", {}, join(home, "AppData", "Local", "darkroom")],
] as const)("on %s with %j caches lie in %s", (platform, env, folder) => {
  expect(cacheFolder(undefined, { platform, env, home })).toBe(folder);
});

test("a chosen folder is taken as it is", () => {
  expect(cacheFolder("/elsewhere", { platform: "linux", env: {}, home })).toBe("/elsewhere");
});

test("a user without a home folder has a temporary one", () => {
  const runtime = temporaryFolder();
  vi.stubEnv("XDG_RUNTIME_DIR", runtime);
  onTestFinished(() => void vi.unstubAllEnvs());
  const folder = cacheFolder(undefined, { platform: "linux", env: {}, home: undefined });
  expect(folder.startsWith(join(runtime, "darkroom-"))).toBe(true);
});
