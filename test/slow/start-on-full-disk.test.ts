import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "../fakes/temporary-folder.ts";

const PROGRAM = join(import.meta.dirname, "../fakes/start-on-full-disk.ts");

/** A small disk of one's own needs a user namespace. */
const canMount =
  process.platform === "linux" && spawnSync("unshare", ["-Urm", "true"]).status === 0;

test.runIf(canMount)("a studio whose whole data folder is on a full disk starts", () => {
  const folder = temporaryFolder();
  const disk = join(folder, "small-disk");
  mkdirSync(disk);
  const script = `mount -t tmpfs -o size=4m tmpfs "$1" && mkdir "$1/data" && exec "$2" "$3" "$1"`;
  const args = ["-Urm", "sh", "-c", script, "sh", disk, process.execPath, PROGRAM];
  const { stdout, stderr } = spawnSync("unshare", args, { encoding: "utf8" });
  expect(stderr).toBe("");
  expect(JSON.parse(stdout)).toEqual({ theme: "dark", total: 0, refusal: "DISK_FULL" });
});
