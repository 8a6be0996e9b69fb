import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Gallery } from "../../../engine/gallery/gallery.ts";
import { readMark, readOwnRecord } from "../../../engine/image/generation-text.ts";
import { readPngTexts } from "../../../engine/image/png/read-png-texts.ts";
import { openGallery, picture, RECORD } from "../../fakes/gallery.ts";
import { refusal } from "../../fakes/refusal.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

/** Every file below a folder, by its path in it, except the databases. */
function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/sqlite|\.json$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .toSorted();
}

describe("adding", () => {
  test("a picture has a file with all its settings, a thumbnail and a row", async () => {
    const folder = temporaryFolder();
    const gallery = await openGallery(folder);
    const seconds = { load: 1, text: 0.1, denoise: 2, decode: 0.5 };
    const image = await gallery.add({ ...picture(), seconds });
    expect(image).toEqual({
      id: expect.stringMatching(/^[\da-f]{20}$/),
      fileName: "a-red-fish-42.png",
      sizeBytes: readFileSync(gallery.fileOf(image.id)).length,
      record: RECORD,
      target: "local",
      seconds,
      createdAt: RECORD.createdAt,
      isStarred: false,
      rating: 0,
      tags: [],
      albums: [],
      isTrashed: false,
      isMissing: false,
    });
    expect(filesIn(folder)).toEqual([
      "gallery/2026-11-24/a-red-fish-42.png",
      `thumbnails/${image.id.slice(0, 2)}/${image.id}.webp`,
    ]);
    const texts = readPngTexts(readFileSync(gallery.fileOf(image.id)));
    expect(readOwnRecord(texts)).toEqual(RECORD);
    expect(readMark(texts)).toEqual({ id: image.id, target: "local", seconds });
    expect(readFileSync(await gallery.thumbnailOf(image.id), "utf8")).toBe("thumbnail");
    expect(await gallery.details([image.id, "gone"])).toEqual([image]);
    expect(gallery.names()).toEqual({ total: 1, days: [{ day: "2026-11-24", ids: [image.id] }] });
  });

  test("a picture drawn again keeps its id, name, date and marks, and has the new file and record", async () => {
    const folder = temporaryFolder();
    const made: string[] = [];
    const gallery = await openGallery(folder, {
      makeThumbnail: async () => new TextEncoder().encode(`thumbnail ${made.push("one")}`),
    });
    const former = await gallery.add({ ...picture(), id: "grid-1" });
    await gallery.star([former.id], true);
    await gallery.marking.mark({ ids: [former.id], rating: 3, tag: ["sheet"] });
    const later = picture({
      width: 8,
      prompt: "a blue boat",
      createdAt: "2026-11-26T12:00:00.000Z",
    });
    const redrawn = await gallery.redraw(former.id, later);
    expect(redrawn).toEqual({
      ...former,
      record: { ...later.record, createdAt: former.createdAt },
      sizeBytes: readFileSync(gallery.fileOf(former.id)).length,
      isStarred: true,
      rating: 3,
      tags: ["sheet"],
    });
    expect(await gallery.get(former.id)).toEqual(redrawn);
    expect(gallery.names({ search: "boat" }).total).toBe(1);
    expect(readFileSync(await gallery.thumbnailOf(former.id), "utf8")).toBe("thumbnail 2");
    const texts = readPngTexts(readFileSync(gallery.fileOf(former.id)));
    expect(readOwnRecord(texts)).toEqual(redrawn?.record);
    expect(readMark(texts)).toMatchObject({ id: former.id });

    await gallery.trash([former.id]);
    expect(await gallery.redraw(former.id, picture())).toMatchObject({
      isTrashed: true,
      rating: 3,
    });
    await gallery.emptyTrash([former.id]);
    expect(await gallery.redraw(former.id, picture())).toBeUndefined();
    expect(filesIn(folder)).toEqual([]);
  });

  test("pictures with the same name get numbers, and none is ever overwritten", async () => {
    const folder = temporaryFolder();
    const gallery = await openGallery(folder, { settings: () => ({ fileNamePattern: "cat" }) });
    mkdirSync(join(folder, "gallery"), { recursive: true });
    writeFileSync(join(folder, "gallery/Cat-7.png"), "somebody's own");
    const images = await Promise.all([1, 2, 3].map(() => gallery.add(picture())));
    expect(images.map(({ fileName }) => fileName)).toEqual(["cat.png", "cat-8.png", "cat-9.png"]);
    expect(readFileSync(join(folder, "gallery/Cat-7.png"), "utf8")).toBe("somebody's own");
  });

  test("a picture without a date gets one, in its file too", async () => {
    const gallery = await openGallery(temporaryFolder());
    const before = new Date().toISOString();
    const { id, createdAt, record } = await gallery.add(picture({ createdAt: undefined }));
    expect(createdAt >= before && createdAt <= new Date().toISOString()).toBe(true);
    expect(record.createdAt).toBe(createdAt);
    expect(readOwnRecord(readPngTexts(readFileSync(gallery.fileOf(id))))).toEqual(record);
  });

  test("another folder gets new pictures; old ones stay where they are", async () => {
    const [folder, other] = [temporaryFolder(), join(temporaryFolder(), "my pictures/new")];
    let settings: { fileNamePattern: string; pictureFolder?: string } = {
      fileNamePattern: "{seed}",
    };
    const gallery = await openGallery(folder, { settings: () => settings });
    const old = await gallery.add(picture({ seed: "1" }));
    settings = { ...settings, pictureFolder: other };
    const fresh = await gallery.add(picture({ seed: "2" }));
    expect(gallery.pictureFolder).toBe(other);
    expect([old, fresh].map(({ id }) => gallery.fileOf(id))).toEqual([
      join(folder, "gallery/1.png"),
      join(other, "2.png"),
    ]);
  });

  test("a folder that cannot be written is refused by name, and nothing is left", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "file"), "");
    const pictureFolder = join(folder, "file/pictures");
    const gallery = await openGallery(folder, {
      settings: () => ({ fileNamePattern: "{seed}", pictureFolder }),
    });
    await expect(gallery.add(picture())).rejects.toThrow(
      refusal("OUTPUT_UNWRITABLE", {
        path: join(pictureFolder, "42.png"),
        reason: "a file is in the place of its folder",
      }),
    );
    expect(gallery.names().total).toBe(0);
    expect(filesIn(folder)).toEqual(["file"]);
  });

  test("bytes that are not a PNG are refused", async () => {
    const gallery = await openGallery(temporaryFolder());
    const broken = { ...picture(), png: new Uint8Array(100) };
    await expect(gallery.add(broken)).rejects.toThrow(refusal("IMAGE_UNREADABLE"));
    expect(gallery.names().total).toBe(0);
  });

  test("a codec that fails loses the thumbnail but not the picture; it is made on request", async () => {
    const folder = temporaryFolder();
    let isBroken = true;
    const makeThumbnail = async () => {
      if (isBroken) throw new Error("out of memory");
      return new TextEncoder().encode("at last");
    };
    const gallery = await openGallery(folder, { makeThumbnail });
    const { id } = await gallery.add(picture());
    isBroken = false;
    expect(readFileSync(await gallery.thumbnailOf(id), "utf8")).toBe("at last");
  });

  test("a thumbnail that two pages request at once is made once", async () => {
    const folder = temporaryFolder();
    let made = 0;
    const makeThumbnail = async () => Uint8Array.of(++made);
    const gallery = await openGallery(folder, { makeThumbnail });
    const { id } = await gallery.add(picture());
    rmSync(await gallery.thumbnailOf(id));
    await Promise.all([gallery.thumbnailOf(id), gallery.thumbnailOf(id)]);
    expect(made).toBe(2);
  });
});

describe("finding", () => {
  async function galleryOf(...records: Parameters<typeof picture>[0][]) {
    const gallery = await openGallery(temporaryFolder());
    const ids: string[] = [];
    for (const record of records) ids.push((await gallery.add(picture(record))).id);
    const answer = (query: Parameters<Gallery["names"]>[0]) =>
      gallery.names(query).days.flatMap((day) => day.ids.map((id) => ids.indexOf(id)));
    return { gallery, ids, answer };
  }

  const day = (date: number, hour = 12) => new Date(2026, 10, date, hour).toISOString();

  test("pictures are listed by the host's own days, newest or oldest first", async () => {
    const { gallery, ids } = await galleryOf(
      { createdAt: day(23, 0) },
      { createdAt: day(22, 23) },
      { createdAt: day(23, 23) },
    );
    expect(gallery.names()).toEqual({
      total: 3,
      days: [
        { day: "2026-11-23", ids: [ids[2], ids[0]] },
        { day: "2026-11-22", ids: [ids[1]] },
      ],
    });
    expect(gallery.names({ sort: "oldest" }).days).toEqual([
      { day: "2026-11-22", ids: [ids[1]] },
      { day: "2026-11-23", ids: [ids[0], ids[2]] },
    ]);
  });

  test("every filter narrows the list, and all of them together", async () => {
    const { gallery, ids, answer } = await galleryOf(
      { createdAt: day(21), prompt: "a red fish", model: "one" },
      { createdAt: day(22), prompt: "a blue fish", model: "two", width: 8 },
      { createdAt: day(23), prompt: "a dog", negativePrompt: "fishy", model: "one" },
    );
    await gallery.star([ids[0]!, ids[1]!], true);
    expect(answer({})).toEqual([2, 1, 0]);
    expect(answer({ search: "fish" })).toEqual([2, 1, 0]);
    expect(answer({ search: "blue fi" })).toEqual([1]);
    expect(answer({ model: "one" })).toEqual([2, 0]);
    expect(answer({ target: "local" })).toEqual([2, 1, 0]);
    expect(answer({ target: "elsewhere" })).toEqual([]);
    expect(answer({ size: { width: 8, height: 2 } })).toEqual([1]);
    expect(answer({ from: "2026-11-22" })).toEqual([2, 1]);
    expect(answer({ to: "2026-11-22" })).toEqual([1, 0]);
    expect(answer({ from: "2026-11-22", to: "2026-11-22" })).toEqual([1]);
    expect(answer({ isStarred: true })).toEqual([1, 0]);
    expect(answer({ isStarred: false })).toEqual([2]);
    const all = { search: "fish", model: "one", from: "2026-11-20", isStarred: true };
    expect(answer({ ...all, sort: "oldest" })).toEqual([0]);
  });

  test("facets count the available choices, the most frequent first, without the trash", async () => {
    const { gallery, ids } = await galleryOf(
      { model: "one" },
      { model: "two", width: 8 },
      { model: "two" },
      { model: "three" },
    );
    await gallery.star([ids[0]!, ids[3]!], true);
    await gallery.trash([ids[3]!]);
    expect(gallery.facets()).toEqual({
      models: [
        { name: "two", count: 2 },
        { name: "one", count: 1 },
      ],
      targets: [{ name: "local", count: 3 }],
      sizes: [
        { width: 4, height: 2, count: 2 },
        { width: 8, height: 2, count: 1 },
      ],
      tags: [],
      albums: [],
      starred: 1,
      trashed: 1,
      total: 3,
    });
  });

  test("an empty gallery has no days and counts nothing", async () => {
    const { gallery } = await galleryOf();
    expect(gallery.names()).toEqual({ total: 0, days: [] });
    expect(gallery.facets()).toEqual({
      models: [],
      targets: [],
      sizes: [],
      tags: [],
      albums: [],
      starred: 0,
      trashed: 0,
      total: 0,
    });
  });

  test("details are returned in the requested order", async () => {
    const { gallery, ids } = await galleryOf({}, {}, {});
    const asked = [ids[2]!, "gone", ids[0]!, ids[1]!];
    expect((await gallery.details(asked)).map(({ id }) => id)).toEqual([ids[2], ids[0], ids[1]]);
  });

  test("a missing picture is refused by name", async () => {
    const { gallery } = await galleryOf();
    const notFound = refusal("NOT_FOUND", { what: "picture", id: "gone" });
    await expect(gallery.get("gone")).rejects.toThrow(notFound);
    await expect(gallery.thumbnailOf("gone")).rejects.toThrow(notFound);
    expect(() => gallery.fileOf("gone")).toThrow(notFound);
  });

  test("a picture whose file is missing says so, and still says how it was made", async () => {
    const { gallery, ids } = await galleryOf({});
    const [image] = await gallery.details(ids);
    rmSync(gallery.fileOf(ids[0]!));
    expect(await gallery.get(ids[0]!)).toEqual({ ...image, isMissing: true });
    expect(() => gallery.fileOf(ids[0]!)).toThrow(
      refusal("PICTURE_MISSING", { file: "a-red-fish-42.png" }),
    );
  });
});

describe("stars", () => {
  test("are set, cleared, and survive the studio", async () => {
    const folder = temporaryFolder();
    const first = await openGallery(folder);
    const [one, two] = [await first.add(picture()), await first.add(picture())];
    await first.star([one.id, two.id, "gone"], true);
    await first.star([two.id], false);
    await first.close();
    const second = await openGallery(folder);
    const images = await second.details([one.id, two.id]);
    expect(images.map(({ isStarred }) => isStarred)).toEqual([true, false]);
  });
});

test("the data folder can be moved with its pictures", async () => {
  const [before, after] = [join(temporaryFolder(), "before"), join(temporaryFolder(), "after")];
  mkdirSync(before);
  const gallery = await openGallery(before);
  const image = await gallery.add(picture());
  await gallery.close();
  renameSync(before, after);
  const moved = await openGallery(after);
  expect(await moved.details([image.id])).toEqual([image]);
});
