import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { MAX_FOLDERS } from "../../../engine/contract/folders.ts";
import { knownPlaces, listFolders } from "../../../engine/files/folder-listing.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

const isSuperuser = process.getuid?.() === 0;

test("lists only folders, in natural order, including links to folders", async () => {
  const root = temporaryFolder();
  for (const name of ["model 10", "model 2", ".hidden"]) mkdirSync(join(root, name));
  writeFileSync(join(root, "letter.txt"), "");
  symlinkSync(join(root, "model 2"), join(root, "linked"));
  symlinkSync(join(root, "letter.txt"), join(root, "to a file"));
  symlinkSync(join(root, "gone"), join(root, "broken"));
  const { path, parent, folders } = await listFolders({ path: root });
  expect({ path, parent }).toEqual({ path: root, parent: join(root, "..") });
  expect(folders.map(({ name, isLink }) => [name, isLink])).toEqual([
    ["linked", true],
    ["model 2", false],
    ["model 10", false],
  ]);
  const all = await listFolders({ path: root, withHidden: true });
  expect(all.folders.map(({ name }) => name)).toContain(".hidden");
});

test("lists model archives on request, and links to them, but no folder with such a name", async () => {
  const root = temporaryFolder();
  for (const name of ["b.MAR", "a.tar.gz", "c.tgz", "weights.safetensors", ".d.mar"])
    writeFileSync(join(root, name), "");
  mkdirSync(join(root, "folder.mar"));
  symlinkSync(join(root, "b.MAR"), join(root, "linked.mar"));
  symlinkSync(join(root, "folder.mar"), join(root, "to a folder.mar"));
  const names = async (withArchives: boolean) => {
    const { archives } = await listFolders({ path: root, withArchives });
    return archives.map(({ name }) => name);
  };
  expect(await names(true)).toEqual(["a.tar.gz", "b.MAR", "c.tgz", "linked.mar"]);
  expect(await names(false)).toEqual([]);
});

test("says why a folder cannot be opened", async () => {
  const root = temporaryFolder();
  writeFileSync(join(root, "letter"), "");
  mkdirSync(join(root, "closed"));
  chmodSync(join(root, "closed"), 0);
  const reasonFor = (path: string) =>
    listFolders({ path }).then(
      () => "",
      (error: Error) => error.message,
    );
  expect(await reasonFor(join(root, "gone"))).toMatch(/there is no such folder/);
  expect(await reasonFor(join(root, "letter"))).toMatch(/it is not a folder/);
  expect(await reasonFor("relative")).toMatch(/full path/);
  // For the superuser every folder is readable.
  const closed = isSuperuser ? "" : "the system does not let Darkroom open it";
  expect(await reasonFor(join(root, "closed"))).toContain(closed);
  const { folders } = await listFolders({ path: root });
  expect(folders).toMatchObject([{ name: "closed", isClosed: !isSuperuser }]);
  chmodSync(join(root, "closed"), 0o755);
});

test("cuts a list that is too long to read", async () => {
  const root = temporaryFolder();
  for (let index = 0; index <= MAX_FOLDERS; index++) mkdirSync(join(root, `${index}`));
  const { folders, isCut } = await listFolders({ path: root });
  expect([folders.length, isCut]).toEqual([MAX_FOLDERS, true]);
});

test("lists other studios' existing folders, between the home folder and the root", async () => {
  const home = temporaryFolder();
  mkdirSync(join(home, "ComfyUI/models"), { recursive: true });
  const names = (await knownPlaces(home)).map(({ name }) => name);
  expect(names.slice(1)).toEqual(["ComfyUI", "/"]);
});
