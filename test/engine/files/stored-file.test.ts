import { chmodSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { faultOf, hasSetAside, setAside } from "../../../engine/files/stored-file.ts";
import { makePipe } from "../../fakes/make-pipe.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

const FAULTS: readonly (readonly [string, (path: string) => void, string | undefined])[] = [
  ["nothing", () => {}, undefined],
  ["a file", (path) => writeFileSync(path, "x"), undefined],
  ["a link to a file", (path) => symlinkSync("/etc/hosts", path), undefined],
  ["a folder", (path) => mkdirSync(path), "it is a folder"],
  ["a pipe", (path) => makePipe(path), "it is not an ordinary file"],
  ["a link to a device", (path) => symlinkSync("/dev/zero", path), "it is not an ordinary file"],
  [
    "a broken link",
    (path) => symlinkSync("/nowhere/at/all", path),
    "it is a link to a file that does not exist",
  ],
  ["a link to itself", (path) => symlinkSync(path, path), "it is a link that leads back to itself"],
];

test.each(FAULTS)("the kind of object is reported without opening it: %s", (_, put, fault) => {
  const path = join(temporaryFolder(), "some.json");
  put(path);
  expect(faultOf(path)).toBe(fault);
});

test.runIf(process.getuid?.() !== 0)("a file that this user may not read is reported", () => {
  const path = join(temporaryFolder(), "some.json");
  writeFileSync(path, "{}");
  chmodSync(path, 0);
  expect(faultOf(path)).toBe("this user has no permission to use it");
});

test("sets things aside with what belongs to them, without overwriting", () => {
  const folder = temporaryFolder();
  const path = join(folder, "queue.sqlite");
  expect(hasSetAside(path)).toBe(false);
  const names = ["one", "two"].map((text) => {
    for (const suffix of ["", "-wal"]) writeFileSync(path + suffix, text);
    return setAside(path, { suffixes: ["-wal", "-shm"] });
  });
  expect({ names, files: readdirSync(folder).toSorted() }).toEqual({
    names: ["queue.damaged.sqlite", "queue.damaged-2.sqlite"],
    files: [
      "queue.damaged-2.sqlite",
      "queue.damaged-2.sqlite-wal",
      "queue.damaged.sqlite",
      "queue.damaged.sqlite-wal",
    ],
  });
  expect(hasSetAside(path)).toBe(true);
});

test.each([
  ["form.json.bad-2026-03-01T09-12-44-310Z", true],
  ["form.damaged.json", true],
  ["form.newer-3.json", true],
  ["form.json", false],
  ["form.v1.json", false],
  ["formal.damaged.json", false],
])("recognises what was set aside by its name: %s", (name, isAside) => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, name), "");
  expect(hasSetAside(join(folder, "form.json"))).toBe(isAside);
});
