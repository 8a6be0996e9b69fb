import { expect, test } from "vitest";
import { demandSpace, formatBytes, freeBytes } from "../../../engine/files/disk-full.ts";

test("formats sizes in decimal units", () => {
  expect([0, 999, 1000, 3_463_726_498, 137_000_000_000].map(formatBytes)).toEqual([
    "0 bytes",
    "999 bytes",
    "1.0 kB",
    "3.5 GB",
    "137 GB",
  ]);
});

test("says what is needed and what is free before anything is written", async () => {
  await expect(demandSpace("/models", 2_600_000_000, async () => 2_600_000_000)).resolves.toBe(
    undefined,
  );
  await expect(demandSpace("/models", 2_600_000_000, async () => 41e6)).rejects.toMatchObject({
    code: "DISK_FULL",
    details: { path: "/models", needed: "2.6 GB, but only 41.0 MB are free" },
  });
});

// /proc reports no blocks in total and none free, like sshfs and some network shares.
test.runIf(process.platform === "linux")(
  "a disk that does not know its size is not full",
  async () => {
    expect(await freeBytes("/proc")).toBe(Infinity);
    await demandSpace("/proc", 1e15);
  },
);
