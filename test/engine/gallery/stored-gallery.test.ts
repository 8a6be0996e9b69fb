import {
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { imageSchema } from "../../../engine/contract/gallery.ts";
import { makePipe } from "../../fakes/make-pipe.ts";
import { openGallery, picture, RECORD } from "../../fakes/gallery.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

/** A closed gallery of three pictures, the first of them starred. */
async function storedGallery() {
  const folder = temporaryFolder();
  const gallery = await openGallery(folder);
  const ids: string[] = [];
  for (const seed of ["1", "2", "3"]) ids.push((await gallery.add(picture({ seed }))).id);
  await gallery.star(ids.slice(0, 1), true);
  await gallery.close();
  return { folder, ids };
}

/** Changes the stored row of a picture, bypassing the JSON checks. */
function changeRow(folder: string, id: string, set: string): void {
  const database = new DatabaseSync(join(folder, "gallery.sqlite"));
  database.prepare(`UPDATE images SET ${set} WHERE id = ?`).run(id);
  database.close();
}

test("a record with an unknown name affects no other picture, and stays unchanged", async () => {
  const { folder, ids } = await storedGallery();
  changeRow(folder, ids[1] ?? "", `record = json_set(record, '$.scheduler', 'cold-fusion')`);
  changeRow(folder, ids[2] ?? "", `seconds = '{"moon":1}'`);
  const gallery = await openGallery(folder);
  const images = await gallery.details(ids);
  const shown = images.map((image) => imageSchema.parse({ ...image, address: "", thumbnail: "" }));
  expect(shown.map(({ record: { prompt, scheduler } }) => [prompt, scheduler])).toEqual([
    [RECORD.prompt, "ddim"],
    [RECORD.prompt, undefined],
    [RECORD.prompt, "ddim"],
  ]);
  await gallery.star(ids, true);
  await gallery.close();
  const database = new DatabaseSync(join(folder, "gallery.sqlite"), { readOnly: true });
  const names = database.prepare("SELECT record ->> 'scheduler' AS name FROM images").all();
  database.close();
  expect(names.filter(({ name }) => name === "cold-fusion")).toHaveLength(1);
});

test("damaged records are reported, and read from the pictures again", async () => {
  const { folder, ids } = await storedGallery();
  const path = join(folder, "gallery.sqlite");
  const bytes = readFileSync(path);
  // One byte of one row: SQLite itself notices nothing.
  bytes[bytes.lastIndexOf('{"prompt"')] = 1;
  writeFileSync(path, bytes);
  const gallery = await openGallery(folder);
  expect(gallery.notices).toEqual([
    "The gallery's index was damaged in 1 of its rows. It is rebuilt from the pictures.",
  ]);
  const prompts = async () => (await gallery.details(ids)).map(({ record }) => record.prompt);
  expect((await prompts()).toSorted()).toEqual(["", RECORD.prompt, RECORD.prompt]);
  expect(gallery.needsRebuild).toBe(true);
  await gallery.rebuild();
  expect(await prompts()).toEqual([RECORD.prompt, RECORD.prompt, RECORD.prompt]);
  expect((await gallery.get(ids[0] ?? "")).isStarred).toBe(true);
  await gallery.close();
});

test("stars survive the file that stores them, and then the index", async () => {
  const { folder, ids } = await storedGallery();
  writeFileSync(join(folder, "gallery.json"), "{");
  await (await openGallery(folder)).close();
  rmSync(join(folder, "gallery.sqlite"));
  const gallery = await openGallery(folder);
  await gallery.rebuild();
  expect((await gallery.details(ids)).map(({ isStarred }) => isStarred)).toEqual([
    true,
    false,
    false,
  ]);
  await gallery.close();
});

test.each(["gallery", "trash"])(
  "a %s folder on a missing disk is reported, and used again when it is back",
  async (name) => {
    const folder = temporaryFolder();
    const disk = join(temporaryFolder(), "disk");
    symlinkSync(disk, join(folder, name));
    const gallery = await openGallery(folder);
    expect(gallery.notices).toEqual([
      `The ${name === "trash" ? "trash" : "pictures"} folder ${join(folder, name)} is not available (it is a link to a file that does not exist). Darkroom uses it again as soon as it is.`,
    ]);
    const keepAndTrash = async (): Promise<void> => {
      const { id } = await gallery.add(picture());
      await gallery.trash([id]);
    };
    await expect(keepAndTrash()).rejects.toMatchObject({ code: "OUTPUT_UNWRITABLE" });
    await gallery.rebuild();
    expect(gallery.needsRebuild).toBe(name === "gallery");
    mkdirSync(disk);
    await keepAndTrash();
    await gallery.close();
  },
);

test("a file in place of the pictures folder is reported, and not touched", async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "gallery"), "mine");
  const gallery = await openGallery(folder);
  expect(gallery.notices).toEqual([
    expect.stringContaining("a file or a broken link is in its place"),
  ]);
  await expect(gallery.add(picture())).rejects.toMatchObject({ code: "OUTPUT_UNWRITABLE" });
  expect(readFileSync(join(folder, "gallery"), "utf8")).toBe("mine");
  await gallery.close();
});

test("a rebuild ends at once when it is aborted, however long a file takes to read", async () => {
  const { folder, ids } = await storedGallery();
  const gallery = await openGallery(folder);
  const path = gallery.fileOf(ids[0] ?? "");
  const cut = new AbortController();
  const onProgress = (): void => {
    // The slowest possible disk: opening a pipe waits for its other end.
    rmSync(path);
    makePipe(path);
    setTimeout(() => cut.abort(), 20);
  };
  await expect(gallery.rebuild({ signal: cut.signal, onProgress })).rejects.toThrow("aborted");
  await gallery.close();
  closeSync(openSync(path, "r+"));
});
