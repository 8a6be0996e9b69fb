import { lstatSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import {
  makeFolder,
  renameToNew,
  syncFolder,
  writeAtomically,
  writeNewFile,
} from "../../../engine/files/atomic-file.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

const exists = expect.objectContaining({ code: "EEXIST" });

test("writing atomically replaces the present file, and leaves nothing beside it", async () => {
  const folder = temporaryFolder();
  const path = join(folder, "a");
  await writeAtomically(path, (file) => file.writeFile("old"));
  await writeAtomically(path, (file) => file.writeFile("new"));
  expect(readFileSync(path, "utf8")).toBe("new");
  expect(readdirSync(folder)).toEqual(["a"]);
});

test("a new file replaces no other, not even a broken link", async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "taken"), "somebody's own");
  symlinkSync(join(folder, "nowhere"), join(folder, "link"));
  for (const name of ["taken", "link"]) {
    const writing = writeNewFile(join(folder, name), (file) => file.writeFile("ours"));
    await expect(writing).rejects.toThrow(exists);
  }
  await writeNewFile(join(folder, "free"), (file) => file.writeFile("ours"));
  expect(readdirSync(folder).toSorted()).toEqual(["free", "link", "taken"]);
  expect(readFileSync(join(folder, "taken"), "utf8")).toBe("somebody's own");
  expect(lstatSync(join(folder, "link")).isSymbolicLink()).toBe(true);
});

test("of two that want one name, one gets it", async () => {
  const path = join(temporaryFolder(), "a");
  const write = (text: string) => writeNewFile(path, (file) => file.writeFile(text));
  const outcomes = await Promise.allSettled(["one", "two", "three"].map(write));
  expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
});

test("a failed write leaves nothing", async () => {
  const folder = temporaryFolder();
  const failing = async () => {
    throw new Error("out of ink");
  };
  for (const write of [writeAtomically, writeNewFile]) {
    await expect(write(join(folder, "a"), failing)).rejects.toThrow("out of ink");
  }
  expect(readdirSync(folder)).toEqual([]);
});

test("a file gets another name only if its own exists", async () => {
  const folder = temporaryFolder();
  const [one, two, three] = ["1", "2", "3"].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  writeFileSync(one, "one");
  writeFileSync(two, "two");
  await expect(renameToNew(one, two)).rejects.toThrow(exists);
  await renameToNew(one, three);
  expect(readdirSync(folder)).toEqual(["2", "3"]);
  expect([two, three].map((path) => readFileSync(path, "utf8"))).toEqual(["two", "one"]);
});

test("a folder is created with its parents, and left unchanged if it exists", async () => {
  const folder = temporaryFolder();
  await makeFolder(join(folder, "a/b/c"));
  writeFileSync(join(folder, "a/b/c/file"), "");
  await makeFolder(join(folder, "a/b/c"));
  expect(readdirSync(join(folder, "a/b/c"))).toEqual(["file"]);
});

test("folders below a missing one can be created at the same time", async () => {
  const folder = temporaryFolder();
  const names = Array.from({ length: 40 }, (_, i) => join(folder, "a/b/c", String(i % 8), "d"));
  await Promise.all(names.map((name) => makeFolder(name)));
  expect(readdirSync(join(folder, "a/b/c"))).toHaveLength(8);
});

test("a folder is refused if a file, or a broken link, is in its way", async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "file"), "");
  symlinkSync(join(folder, "nowhere"), join(folder, "link"));
  await expect(makeFolder(join(folder, "file"))).rejects.toThrow(exists);
  await expect(makeFolder(join(folder, "link/a"))).rejects.toThrow(exists);
  await expect(makeFolder(join(folder, "file/a/b"))).rejects.toMatchObject({ code: "ENOTDIR" });
});

test.runIf(process.platform === "linux")("creating an impossible folder ends", async () => {
  await expect(makeFolder("/proc/pictures/of/today")).rejects.toMatchObject({ code: "ENOENT" });
});

// Syncing a folder in /proc fails with EINVAL, as on CIFS, vboxsf and some FUSE file systems.
test.runIf(process.platform === "linux")("a folder that cannot be synced is accepted", async () => {
  await syncFolder("/proc/self");
  await expect(syncFolder("/nowhere/at/all")).rejects.toMatchObject({ code: "ENOENT" });
});
