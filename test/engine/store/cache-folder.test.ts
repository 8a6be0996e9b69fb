import { readdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { cacheFolder, sweepAbandoned } from "../../../engine/store/cache-folder.ts";
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
] as const)("on %s with %j caches are in %s", (platform, env, folder) => {
  expect(cacheFolder(undefined, { platform, env, home })).toBe(folder);
});

test("a chosen folder is used unchanged", () => {
  expect(cacheFolder("/elsewhere", { platform: "linux", env: {}, home })).toBe("/elsewhere");
});

test("a user without a home folder has a temporary one", () => {
  const runtime = temporaryFolder();
  vi.stubEnv("XDG_RUNTIME_DIR", runtime);
  onTestFinished(() => void vi.unstubAllEnvs());
  const folder = cacheFolder(undefined, { platform: "linux", env: {}, home: undefined });
  expect(folder.startsWith(join(runtime, "darkroom-"))).toBe(true);
});

test("leftovers of dead writers are swept, and files being written stay", async () => {
  const folder = temporaryFolder();
  const part = (digit: string) => `copy.${digit.repeat(8)}-1111-4111-8111-111111111111.part`;
  for (const name of [part("a"), part("b"), "copy.safetensors", "other.part"]) {
    writeFileSync(join(folder, name), "");
  }
  const longAgo = new Date(Date.now() - 600_000);
  for (const name of [part("a"), "copy.safetensors", "other.part"]) {
    utimesSync(join(folder, name), longAgo, longAgo);
  }
  await sweepAbandoned(folder);
  expect(readdirSync(folder)).toEqual([part("b"), "copy.safetensors", "other.part"]);
  await sweepAbandoned(join(folder, "none"));
});
