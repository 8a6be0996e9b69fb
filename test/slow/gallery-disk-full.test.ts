import { execFileSync, spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "../fakes/temporary-folder.ts";

const PROGRAM = join(import.meta.dirname, "../fakes/gallery-on-full-disk.ts");

interface Seen {
  readonly first: { readonly kept: number; readonly refusal: string };
}

/** Runs the program after a line of shell that makes the disk small; `$0 "$@"` in it is the program. */
function runBehind(before: string, folder: string, sideAfterwards: number, shell: string[]): Seen {
  const program = [process.execPath, PROGRAM, folder, String(sideAfterwards)];
  const script = `${before} && exec "$0" "$@"`;
  const [command = "", ...rest] = [...shell, "bash", "-c", script, ...program];
  return JSON.parse(execFileSync(command, rest, { encoding: "utf8" })) as Seen;
}

/** The expected result for `count` pictures: all complete, and nothing else. */
const sound = (count: number) => ({ rows: count, whole: count, files: count, unfinished: 0 });

const hasNamespaces =
  process.platform === "linux" && spawnSync("unshare", ["-Urm", "true"]).status === 0;

test.skipIf(!hasNamespaces)(
  "on a disk of eight megabytes the picture that does not fit is refused by name, and fits once there is space",
  () => {
    const folder = temporaryFolder();
    const mount = `mount -t tmpfs -o size=8m tmpfs ${folder}`;
    const seen = runBehind(mount, folder, 300, ["unshare", "-Urm"]);
    const { kept } = seen.first;
    expect(kept).toBeGreaterThan(3);
    expect(seen).toEqual({
      first: { kept, refusal: "DISK_FULL" },
      again: { kept: 0, refusal: "DISK_FULL" },
      full: sound(kept),
      freed: sound(kept + 1),
      reopened: sound(kept + 1),
    });
  },
);

test.skipIf(process.platform === "win32")(
  "a picture beyond the limit of the process is refused by name, and a smaller one is stored",
  () => {
    const seen = runBehind("ulimit -f 900", temporaryFolder(), 300, []);
    expect(seen).toEqual({
      first: { kept: 0, refusal: "DISK_FULL" },
      again: { kept: 0, refusal: "DISK_FULL" },
      full: sound(0),
      freed: sound(1),
      reopened: sound(1),
    });
  },
);
