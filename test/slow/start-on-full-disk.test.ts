import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "../fakes/temporary-folder.ts";

const PROGRAM = join(import.meta.dirname, "../fakes/host-on-full-disk.ts");

/** Mounting a small disk needs a user namespace. */
const canMount =
  process.platform === "linux" && spawnSync("unshare", ["-Urm", "true"]).status === 0;

const STAGES = ["draw", "full", "kill", "full", "free"];

/** What the studio shows at each stage, on a disk that is full of bytes or of files. */
function visit(what: "bytes" | "files", size: string, stages = STAGES): unknown[] {
  const disk = join(temporaryFolder(), "small-disk");
  mkdirSync(disk);
  const script = `mount -t tmpfs -o ${size} tmpfs "$1" && export HOME="$1" && for stage in ${stages.join(" ")}
    do "$2" "$3" "$1" ${what} $stage; done; true`;
  const args = ["-Urm", "sh", "-c", script, "sh", disk, process.execPath, PROGRAM];
  const { stdout, stderr } = spawnSync("unshare", args, { encoding: "utf8" });
  expect(stderr.replaceAll(/^Killed\n/gm, "")).toBe("");
  const notice = /The disk with \S+ is full\./g;
  const lines = stdout.replaceAll(notice, "It is full.").trim().split("\n");
  return lines.map((line) => JSON.parse(line) as unknown);
}

const NOTICE =
  "It is full. You can look at everything and move pictures to the trash, but nothing new can be saved. Free some space.";
const DRAWN = ["1 done", "2 done", "3 done", "4 interrupted"];

test.runIf(canMount)(
  "a studio on a full disk starts, shows how what ran has ended, moves pictures to the trash and back, and keeps that when it is killed",
  () => {
    const full = {
      refused: { enqueue: "DISK_FULL", settings: "DISK_FULL" },
      theme: "dark",
      states: DRAWN,
      seen: ["2", "3"],
      trashed: ["1"],
      notices: [NOTICE],
    };
    const again = { ...full, seen: ["2", "3"], trashed: ["1"] };
    expect(visit("bytes", "size=12m")).toEqual([
      { seen: ["1", "2", "3"], trashed: [] },
      full,
      again,
      again,
      {
        states: [...DRAWN, "6 waiting"],
        seen: ["3"],
        trashed: ["1", "2"],
        stored: "interrupted",
      },
    ]);
  },
);

test.runIf(canMount)("the same on a disk that has no space for another file", () => {
  const seen = visit("files", "size=12m,nr_inodes=300");
  expect(seen).toEqual([
    { seen: ["1", "2", "3"], trashed: [] },
    ...Array.from({ length: 3 }, (_, i) => ({
      // What fits into the queue's existing log is kept.
      refused: { settings: "DISK_FULL" },
      theme: "dark",
      states: [...DRAWN, ...Array.from({ length: i + 1 }, () => "5 waiting")],
      seen: ["2", "3"],
      trashed: ["1"],
      notices: [NOTICE],
    })),
    {
      states: [...DRAWN, "5 waiting", "5 waiting", "5 waiting", "6 waiting"],
      seen: ["3"],
      trashed: ["1", "2"],
      stored: "interrupted",
    },
  ]);
});

test.runIf(canMount)(
  "a disk that is full in mid-queue keeps every picture's order, and says which folder needs space",
  () => {
    expect(visit("bytes", "size=12m", ["queue"])).toEqual([
      {
        full: { states: ["1 running", "2 waiting", "3 waiting"], notices: [NOTICE] },
        first: {
          state: "failed",
          error: expect.stringMatching(/^The disk is full: \S+\/data\/gallery\S* needs /),
        },
        seen: ["1", "2", "3"],
        trashed: [],
        notices: [],
      },
    ]);
  },
);
