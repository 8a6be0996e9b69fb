import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openGallery, picture } from "../../fakes/gallery.ts";
import { refusal } from "../../fakes/refusal.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

/** A gallery of three pictures. */
async function threePictures(folder = temporaryFolder()) {
  const gallery = await openGallery(folder);
  const [one = "", two = "", three = ""] = [
    await gallery.add(picture({ seed: "1" })),
    await gallery.add(picture({ seed: "2" })),
    await gallery.add(picture({ seed: "3" })),
  ].map(({ id }) => id);
  const marksOf = async (id: string) => {
    const { rating, tags, albums } = await gallery.get(id);
    return { rating, tags, albums };
  };
  const found = (search: string) =>
    gallery.names({ search }).days.flatMap(({ ids }) => ids.toSorted());
  return { folder, gallery, one, two, three, marksOf, found };
}

test("ratings and tags are set, changed and cleared again", async () => {
  const { gallery, one, two, marksOf } = await threePictures();
  await gallery.marking.mark({ ids: [one, two, "gone"], rating: 4, tag: ["fish", "For print"] });
  await gallery.marking.mark({ ids: [two], rating: 0, tag: ["cat"], untag: ["FISH"] });
  expect([await marksOf(one), await marksOf(two)]).toEqual([
    { rating: 4, tags: ["fish", "For print"], albums: [] },
    { rating: 0, tags: ["cat", "For print"], albums: [] },
  ]);
});

test("a tag keeps its first spelling, in whatever case it is typed later", async () => {
  const { gallery, one, two, marksOf } = await threePictures();
  await gallery.marking.mark({ ids: [one], tag: ["Fish"] });
  await gallery.marking.mark({ ids: [two], tag: ["fish"] });
  expect(await marksOf(two)).toMatchObject({ tags: ["Fish"] });
  expect(gallery.facets().tags).toEqual([{ name: "Fish", count: 2 }]);
});

test("searches find pictures by rating, tag and album", async () => {
  const { gallery, one, two, three, found } = await threePictures();
  await gallery.marking.mark({ ids: [one], rating: 5, tag: ["=odd"] });
  await gallery.marking.mark({ ids: [two], rating: 3 });
  await gallery.marking.makeAlbum("Best of June");
  await gallery.marking.addToAlbum("Best of June", [two, three]);
  expect(
    ["rating:>=4", "rating:<4", "rating:0", 'tag:"=odd"', 'album:"best of june" rating:3'].map(
      found,
    ),
  ).toEqual([[one], [two, three].toSorted(), [three], [one], [two]]);
});

test("albums are renamed, moved and given a cover, and a picture can be in several", async () => {
  const { gallery, one, two, marksOf } = await threePictures();
  for (const name of ["A", "B", "C"]) await gallery.marking.makeAlbum(name);
  await gallery.marking.addToAlbum("A", [one]);
  await gallery.marking.addToAlbum("C", [one, two]);
  await gallery.marking.changeAlbum({ name: "c", newName: "Sea", place: 0, cover: one });
  expect(gallery.marking.albums).toEqual([
    { name: "Sea", count: 2, cover: one },
    { name: "A", count: 1, cover: one },
    { name: "B", count: 0 },
  ]);
  expect(await marksOf(one)).toMatchObject({ albums: ["Sea", "A"] });
  await gallery.marking.takeFromAlbum("Sea", [one]);
  expect(gallery.marking.albums[0]).toEqual({ name: "Sea", count: 1, cover: two });
});

test("an album keeps trashed pictures for their return, and does not count them", async () => {
  const { gallery, one, two } = await threePictures();
  await gallery.marking.makeAlbum("A");
  await gallery.marking.addToAlbum("A", [one, two]);
  await gallery.trash([one]);
  expect(gallery.marking.albums).toEqual([{ name: "A", count: 1, cover: two }]);
  await gallery.restore([one]);
  expect(gallery.marking.albums).toMatchObject([{ count: 2 }]);
});

test("a deleted album returns enough to create it again", async () => {
  const { gallery, one, two } = await threePictures();
  for (const name of ["A", "B"]) await gallery.marking.makeAlbum(name);
  await gallery.marking.addToAlbum("A", [one, two]);
  await gallery.marking.changeAlbum({ name: "A", cover: two });
  const before = gallery.marking.albums;
  const { name, ids, cover, place } = await gallery.marking.deleteAlbum("A");
  expect(gallery.marking.albums).toEqual([{ name: "B", count: 0 }]);
  await gallery.marking.makeAlbum(name);
  await gallery.marking.addToAlbum(name, ids);
  await gallery.marking.changeAlbum({ name, cover, place });
  expect(gallery.marking.albums).toEqual(before);
});

test("missing albums and existing names are refused by name", async () => {
  const { gallery, one } = await threePictures();
  for (const name of ["A", "B"]) await gallery.marking.makeAlbum(name);
  await expect(gallery.marking.addToAlbum("None", [one])).rejects.toEqual(
    refusal("NOT_FOUND", { what: "album", id: "None" }),
  );
  await expect(gallery.marking.makeAlbum("a")).rejects.toEqual(
    refusal("ALBUM_EXISTS", { name: "a" }),
  );
  await expect(gallery.marking.changeAlbum({ name: "B", newName: "A" })).rejects.toEqual(
    refusal("ALBUM_EXISTS", { name: "A" }),
  );
});

/** All marks of the pictures, and their folder; the gallery is closed. */
async function marked() {
  const { folder, gallery, one, two, three } = await threePictures();
  await gallery.marking.mark({ ids: [one], rating: 5, tag: ["fish"] });
  await gallery.marking.makeAlbum("B");
  await gallery.marking.makeAlbum("A");
  await gallery.marking.addToAlbum("B", [one, three]);
  await gallery.marking.changeAlbum({ name: "B", cover: one });
  await gallery.trash([two]);
  await gallery.marking.mark({ ids: [two], rating: 1 });
  await gallery.close();
  return { folder, one, two, three };
}

test("marks survive the loss of the index, and a rebuild from the pictures", async () => {
  const { folder, one, two } = await marked();
  for (const name of ["gallery.sqlite", "gallery.sqlite-wal", "gallery.sqlite-shm"])
    rmSync(join(folder, name), { force: true });
  const gallery = await openGallery(folder);
  await gallery.rebuild();
  await gallery.rebuild();
  expect(await gallery.get(one)).toMatchObject({ rating: 5, tags: ["fish"], albums: ["B"] });
  expect(await gallery.get(two)).toMatchObject({ rating: 1, isTrashed: true });
  expect(gallery.marking.albums).toEqual([
    { name: "B", count: 2, cover: one },
    { name: "A", count: 0 },
  ]);
});

test("the file beside an intact index is written again if it is lost or outdated", async () => {
  const { folder } = await marked();
  const path = join(folder, "gallery.json");
  const before = JSON.parse(readFileSync(path, "utf8"));
  writeFileSync(path, JSON.stringify({ folders: [], starred: [] }));
  await (await openGallery(folder)).close();
  expect(JSON.parse(readFileSync(path, "utf8")).marks).toEqual(before.marks);
});

test("a permanently deleted picture loses its marks", async () => {
  const { folder, two } = await marked();
  const gallery = await openGallery(folder);
  await gallery.emptyTrash();
  await gallery.close();
  expect(readFileSync(join(folder, "gallery.json"), "utf8")).not.toContain(two);
});
