import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "../fakes/temporary-folder.ts";

const PROGRAM = join(import.meta.dirname, "../fakes/studio-on-full-disk.ts");

/** Mounting a small disk needs a user namespace. */
const canMount =
  process.platform === "linux" && spawnSync("unshare", ["-Urm", "true"]).status === 0;

test.runIf(canMount)(
  "a picture that the disk had no space for is stored once there is space, without drawing it again",
  () => {
    const folder = temporaryFolder();
    const pictures = join(folder, "small-disk");
    mkdirSync(pictures);
    const script = `mount -t tmpfs -o size=1m tmpfs "$1" && exec "$2" "$3" "$4" "$1"`;
    const args = ["-Urm", "sh", "-c", script, "sh", pictures, process.execPath, PROGRAM, folder];
    const { stdout, stderr } = spawnSync("unshare", args, { encoding: "utf8" });
    expect(stderr).toBe("");
    expect(JSON.parse(stdout)).toEqual({
      first: { state: "failed", code: "DISK_FULL", whileFull: 0 },
      second: { state: "done", stages: [], isMissing: false, seed: "3" },
    });
  },
);
