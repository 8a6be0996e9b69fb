import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openGallery, picture } from "../../fakes/gallery.ts";
import { refusal } from "../../fakes/refusal.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

async function galleryWith(count: number) {
  const folder = temporaryFolder();
  const gallery = await openGallery(folder, { settings: () => ({ fileNamePattern: "a/{seed}" }) });
  const ids: string[] = [];
  for (let seed = 1; seed <= count; seed++) {
    ids.push((await gallery.add(picture({ seed: String(seed) }))).id);
  }
  return { folder, gallery, ids, trash: () => readdirSync(join(folder, "trash")) };
}

test("a trashed picture leaves its folder and every view but the trash", async () => {
  const { folder, gallery, ids, trash } = await galleryWith(2);
  const [image] = await gallery.details(ids);
  await gallery.trash([ids[0]!, "gone"]);
  await gallery.trash([ids[0]!]);
  expect(readdirSync(join(folder, "gallery/a"))).toEqual(["2.png"]);
  expect(trash()).toEqual([`${ids[0]}.png`]);
  expect(gallery.names().days.flatMap((day) => day.ids)).toEqual([ids[1]]);
  expect(gallery.names({ isTrashed: true }).days.flatMap((day) => day.ids)).toEqual([ids[0]]);
  expect(await gallery.get(ids[0]!)).toEqual({ ...image, isTrashed: true });
  expect(gallery.fileOf(ids[0]!)).toBe(join(folder, `trash/${ids[0]}.png`));
});

test("undo brings back the same picture to the same place", async () => {
  const { folder, gallery, ids, trash } = await galleryWith(1);
  const bytes = readFileSync(gallery.fileOf(ids[0]!));
  const image = await gallery.get(ids[0]!);
  await gallery.trash(ids);
  rmSync(join(folder, "gallery/a"), { recursive: true });
  await gallery.restore([...ids, "gone"]);
  expect(trash()).toEqual([]);
  expect(await gallery.get(ids[0]!)).toEqual(image);
  expect(gallery.fileOf(ids[0]!)).toBe(join(folder, "gallery/a/1.png"));
  expect(readFileSync(gallery.fileOf(ids[0]!))).toEqual(bytes);
});

test("a picture whose name has been taken meanwhile returns under another name", async () => {
  const { folder, gallery, ids } = await galleryWith(1);
  await gallery.trash(ids);
  writeFileSync(join(folder, "gallery/a/1.png"), "somebody's own");
  await gallery.restore(ids);
  expect((await gallery.get(ids[0]!)).fileName).toBe("1-2.png");
  expect(readFileSync(join(folder, "gallery/a/1.png"), "utf8")).toBe("somebody's own");
});

test("emptying deletes files, thumbnails and rows of the trash, and nothing else", async () => {
  const { folder, gallery, ids, trash } = await galleryWith(3);
  await gallery.star(ids, true);
  await gallery.trash([ids[0]!, ids[1]!]);
  const deleted: string[] = [];
  await gallery.emptyTrash([ids[0]!, ids[2]!, "gone"], (id) => deleted.push(id));
  expect(deleted).toEqual([ids[0]]);
  expect(trash()).toEqual([`${ids[1]}.png`]);
  await gallery.emptyTrash(undefined, (id) => deleted.push(id));
  expect(deleted).toEqual([ids[0], ids[1]]);
  expect(trash()).toEqual([]);
  expect((await gallery.details(ids)).map(({ id }) => id)).toEqual([ids[2]]);
  const thumbnails = readdirSync(join(folder, "thumbnails"), { recursive: true }).map(String);
  expect(thumbnails.filter((name) => name.endsWith(".webp"))).toHaveLength(1);
  expect(readFileSync(join(folder, "gallery.json"), "utf8")).not.toContain(ids[0]);
});

test("a picture whose file is missing can be trashed, restored and deleted nevertheless", async () => {
  const { gallery, ids } = await galleryWith(1);
  rmSync(gallery.fileOf(ids[0]!));
  await gallery.trash(ids);
  expect(await gallery.get(ids[0]!)).toMatchObject({ isTrashed: true, isMissing: true });
  await gallery.restore(ids);
  expect(await gallery.get(ids[0]!)).toMatchObject({ isTrashed: false, isMissing: true });
  await gallery.trash(ids);
  await gallery.emptyTrash();
  expect(gallery.facets()).toMatchObject({ total: 0, trashed: 0 });
});

test.skipIf(process.getuid?.() === 0 || process.platform === "win32")(
  "a folder that cannot be changed is refused by name; the picture stays",
  async () => {
    const { folder, gallery, ids } = await galleryWith(1);
    chmodSync(join(folder, "gallery/a"), 0o555);
    await expect(gallery.trash(ids)).rejects.toThrow(refusal("OUTPUT_UNWRITABLE"));
    chmodSync(join(folder, "gallery/a"), 0o755);
    expect(await gallery.get(ids[0]!)).toMatchObject({ isTrashed: false, isMissing: false });
    expect(existsSync(gallery.fileOf(ids[0]!))).toBe(true);
  },
);
