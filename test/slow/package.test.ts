import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { checkPackage } from "../../electron/packaging/package-check.ts";
import { temporaryFolder } from "../fakes/temporary-folder.ts";
import { unpackElectron } from "../fakes/unpacked-electron.ts";

const run = promisify(execFile);

/** Electron's own program is not available everywhere; everything around it is real. */
test.runIf(process.platform === "linux")(
  "the builder makes an app that is complete, draws, and has its fuses set",
  async () => {
    const electron = temporaryFolder();
    const output = temporaryFolder();
    unpackElectron(electron);
    await run("npm", ["run", "-s", "build"]);
    await run(process.execPath, ["electron/packaging/stage-studio.ts"]);
    // The check after packing runs in this command, and draws a picture with the packed files.
    await run("node_modules/.bin/electron-builder", [
      "--linux",
      "--dir",
      `-c.electronDist=${electron}`,
      `-c.directories.output=${output}`,
    ]);
    const app = join(output, "linux-unpacked");
    const target = { platform: process.platform, arch: process.arch };
    expect(await checkPackage(join(app, "resources"), target)).toEqual([]);
    const fuses = await run("node_modules/.bin/electron-fuses", [
      "read",
      "--app",
      join(app, "darkroom"),
    ]);
    expect(fuses.stdout.match(/\w+ is \w+/g)?.slice(0, 8)).toEqual([
      "RunAsNode is Disabled",
      "EnableCookieEncryption is Enabled",
      "EnableNodeOptionsEnvironmentVariable is Disabled",
      "EnableNodeCliInspectArguments is Disabled",
      "EnableEmbeddedAsarIntegrityValidation is Enabled",
      "OnlyLoadAppFromAsar is Enabled",
      "LoadBrowserProcessSpecificV8Snapshot is Disabled",
      "GrantFileProtocolExtraPrivileges is Disabled",
    ]);
  },
);

test.runIf(process.platform === "linux")(
  "an app that lacks something fails the build",
  async () => {
    const electron = temporaryFolder();
    unpackElectron(electron);
    const failure = await run("node_modules/.bin/electron-builder", [
      "--linux",
      "--dir",
      `-c.electronDist=${electron}`,
      `-c.directories.output=${temporaryFolder()}`,
      "-c.extraResources=null",
    ]).catch(({ stdout, stderr }: { stdout: string; stderr: string }) => stdout + stderr);
    expect(failure).toContain("The package is not whole:");
    expect(failure).toContain("The package lacks ONNX Runtime's library");
  },
);
