import { join } from "node:path";
import { expect, test } from "vitest";
import { cacheFolder } from "../../../engine/store/cache-folder.ts";

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
