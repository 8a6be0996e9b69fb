import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "../fakes/temporary-folder.ts";

const PROGRAM = join(import.meta.dirname, "../fakes/archives-on-full-disk.ts");

/** Mounting a small disk needs a user namespace. */
const canMount =
  process.platform === "linux" && spawnSync("unshare", ["-Urm", "true"]).status === 0;

const PACKED = {
  notebook: "a.mar",
  "zip-store": "a.mar",
  default: "a.mar",
  tgz: "a.tar.gz",
  "no-archive": "a",
};
const PUBLISHED = { keys: ["toy/config/config.properties", "toy/model-store/toy.mar"], uploads: 0 };
const refused = "DISK_FULL";
/** The store: listed models, and existing folders. */
const IMPORTED = { refused, left: ["starter"], made: [["starter", "a"], ["a"]] };

test.runIf(canMount)(
  "a disk that fills up while an archive is packed, imported or published leaves nothing half done, and everything continues once there is space",
  () => {
    const folder = temporaryFolder();
    const disk = join(folder, "small-disk");
    const elsewhere = join(folder, "elsewhere");
    for (const one of [disk, elsewhere]) mkdirSync(one);
    const script = `mount -t tmpfs -o size=110m tmpfs "$1" && exec "$2" "$3" "$1" "$4"`;
    const args = ["-Urm", "sh", "-c", script, "sh", disk, process.execPath, PROGRAM, elsewhere];
    const { stdout, stderr } = spawnSync("unshare", args, { encoding: "utf8" });
    expect(stderr).toBe("");
    const told = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as unknown);
    expect(told).toEqual([
      ...Object.entries(PACKED).flatMap(([form, name]) =>
        [0.01, 0.9].map((share) => ({
          what: `pack ${form} ${share}`,
          refused,
          left: [],
          made: [name],
        })),
      ),
      ...["before", 0.1, 0.4, 0.5, 1].map((moment) => ({ what: `import ${moment}`, ...IMPORTED })),
      { what: "publish before", refused, left: { keys: [], uploads: 0 }, made: [PUBLISHED, []] },
      // The transfer's record fits into its present block, and an archive that is sent needs no space.
      { what: "publish 0.1", refused: "no refusal", left: PUBLISHED, made: [PUBLISHED, []] },
      ...["before", 0.3].map((moment) => ({
        what: `upload ${moment}`,
        refused,
        left: false,
        made: [true, 0, []],
      })),
      ...["before", 0.2, 0.5, 0.8, 1].map((moment) => ({
        what: `bucket import ${moment}`,
        ...IMPORTED,
      })),
      { sources: true },
    ]);
  },
);
