import { randomUUID } from "node:crypto";
import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Gallery } from "../../../engine/gallery/gallery.ts";
import { pixels } from "../../../engine/image/pixels.ts";
import { addPngTexts } from "../../../engine/image/png/png-text.ts";
import { encodePng } from "../../../engine/image/png/png.ts";
import { openGallery, picture, RECORD } from "../../fakes/gallery.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

async function allOf(gallery: Gallery) {
  const names = [gallery.names(), gallery.names({ isTrashed: true })];
  const ids = names.flatMap(({ days }) => days.flatMap((day) => day.ids));
  return { names, images: await gallery.details(ids) };
}

/** A gallery of 12 pictures in two folders, some starred, some trashed. */
async function fullGallery(folder: string, other: string) {
  let pictureFolder: string | undefined = other;
  const settings = () => ({
    fileNamePattern: "{date}/{prompt}",
    ...(pictureFolder && { pictureFolder }),
  });
  const gallery = await openGallery(folder, { settings });
  const ids: string[] = [];
  for (let i = 0; i < 12; i++) {
    pictureFolder = i < 5 ? other : undefined;
    const createdAt = new Date(2026, 10, 1 + (i % 5), 12, i).toISOString();
    const seconds = { load: 1, text: 2, denoise: i, decode: 3 };
    ids.push(
      (
        await gallery.add({
          ...picture({ seed: String(i), createdAt }),
          target: `t${i % 3}`,
          seconds,
        })
      ).id,
    );
  }
  await gallery.star(ids.slice(5, 8), true);
  return { gallery, ids, settings };
}

test("a lost index is rebuilt from the pictures: the same ids, records and stars", async () => {
  const [folder, other] = [temporaryFolder(), temporaryFolder()];
  const { gallery, settings } = await fullGallery(folder, other);
  const before = await allOf(gallery);
  await gallery.close();
  for (const name of readdirSync(folder))
    if (name.startsWith("gallery.sqlite")) rmSync(join(folder, name));
  const again = await openGallery(folder, { settings });
  expect(again.needsRebuild).toBe(true);
  const progress: number[][] = [];
  await again.rebuild({ onProgress: (done, total) => progress.push([done, total]) });
  expect(progress).toEqual([
    [0, 12],
    [12, 12],
  ]);
  expect(await allOf(again)).toEqual(before);
  expect(again.names({ search: "fis" }).total).toBe(12);
  expect(again.needsRebuild).toBe(false);
});

test.each(["a dog", ""])(
  "a picture that an endpoint drew with %j and without any report is found again, with its target",
  async (prompt) => {
    const folder = temporaryFolder();
    const gallery = await openGallery(folder);
    const { png, record } = picture();
    const { steps: _s, guidanceScale: _g, seed: _d, scheduler: _r, ...told } = record;
    await gallery.add({ png, record: { ...told, prompt, device: "edge" }, target: "endpoint-1" });
    const before = await allOf(gallery);
    await gallery.close();
    for (const name of readdirSync(folder))
      if (name.startsWith("gallery.sqlite")) rmSync(join(folder, name));
    const again = await openGallery(folder);
    await again.rebuild();
    expect(await allOf(again)).toEqual(before);
    expect(before.images.map(({ target, record }) => [target, record.seed, record.device])).toEqual(
      [["endpoint-1", undefined, "edge"]],
    );
    expect(again.names({ target: "endpoint-1" }).total).toBe(1);
  },
);

test.each([
  [
    "no database at all",
    (path: string) => writeFileSync(path, "not a database, but longer than its header"),
  ],
  [
    "pages of zeros",
    (path: string) => {
      const bytes = readFileSync(path);
      writeFileSync(path, bytes.fill(0, 4096, 40_000));
    },
  ],
  ["cut short", (path: string) => truncateSync(path, 10_000)],
])("a damaged index (%s) is set aside, reported, and rebuilt", async (_, damage) => {
  const [folder, other] = [temporaryFolder(), temporaryFolder()];
  const { gallery, settings } = await fullGallery(folder, other);
  const before = await allOf(gallery);
  await gallery.close();
  damage(join(folder, "gallery.sqlite"));
  const again = await openGallery(folder, { settings });
  expect(again.notices).toEqual([
    "gallery.sqlite could not be used (its content is damaged), so the gallery's index is rebuilt from the pictures. The old file was kept as gallery.damaged.sqlite.",
  ]);
  expect(again.needsRebuild).toBe(true);
  await again.rebuild();
  expect(await allOf(again)).toEqual(before);
  await again.close();
  expect((await openGallery(folder, { settings })).notices).toEqual([]);
});

test("trashed pictures stay trashed; their former places are not known any more", async () => {
  const folder = temporaryFolder();
  const gallery = await openGallery(folder);
  const { id } = await gallery.add(picture());
  await gallery.trash([id]);
  await gallery.close();
  rmSync(join(folder, "gallery.sqlite"));
  const again = await openGallery(folder, { settings: () => ({ fileNamePattern: "back/{seed}" }) });
  await again.rebuild();
  expect(await again.get(id)).toMatchObject({ isTrashed: true, isMissing: false });
  await again.restore([id]);
  expect(again.fileOf(id)).toBe(join(folder, "gallery/back/42.png"));
});

test("pictures moved by hand are found again; missing ones are removed; copies count once", async () => {
  const folder = temporaryFolder();
  const gallery = await openGallery(folder, { settings: () => ({ fileNamePattern: "{seed}" }) });
  const ids: string[] = [];
  for (const seed of ["1", "2", "3"]) ids.push((await gallery.add(picture({ seed }))).id);
  await gallery.star([ids[0]!], true);
  const pictures = join(folder, "gallery");
  mkdirSync(join(pictures, "best"));
  renameSync(join(pictures, "1.png"), join(pictures, "best/one.png"));
  rmSync(join(pictures, "2.png"));
  copyFileSync(join(pictures, "3.png"), join(pictures, "0-copy.png"));
  await gallery.rebuild();
  const images = await gallery.details(ids);
  expect(
    images.map(({ id, fileName, isStarred, isMissing }) => ({
      id,
      fileName,
      isStarred,
      isMissing,
    })),
  ).toEqual([
    { id: ids[0], fileName: "one.png", isStarred: true, isMissing: false },
    { id: ids[2], fileName: "3.png", isStarred: false, isMissing: false },
  ]);
  expect(gallery.names().total).toBe(2);
});

test("pictures on an unplugged disk keep their rows", async () => {
  const [folder, disk] = [temporaryFolder(), join(temporaryFolder(), "disk")];
  let pictureFolder: string | undefined = disk;
  const settings = () => ({ fileNamePattern: "{seed}", ...(pictureFolder && { pictureFolder }) });
  const gallery = await openGallery(folder, { settings });
  const { id } = await gallery.add(picture());
  pictureFolder = undefined;
  renameSync(disk, `${disk}-away`);
  await gallery.rebuild();
  expect(await gallery.get(id)).toMatchObject({ isMissing: true });
  renameSync(`${disk}-away`, disk);
  expect(await gallery.get(id)).toMatchObject({ isMissing: false });
});

test("pictures of other studios with enough settings are added, under the same id each time", async () => {
  const folder = temporaryFolder();
  const gallery = await openGallery(folder);
  const parameters =
    "a dog\nNegative prompt: cat\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 5, Size: 9x9";
  const png = (texts: Record<string, string>) =>
    addPngTexts(encodePng(pixels(2, 1, new Uint8Array(6))), new Map(Object.entries(texts)));
  const pictures = join(folder, "gallery");
  writeFileSync(join(pictures, "foreign.PNG"), png({ parameters }));
  // Its texts are longer than the part of a picture that is read first.
  writeFileSync(
    join(pictures, "long.png"),
    png({ workflow: "x".repeat(200_000), parameters: parameters.replace("5", "6") }),
  );
  // A text beyond all limits precedes valid ones.
  writeFileSync(join(pictures, "longer.png"), png({ prompt: "x".repeat(1_100_000), parameters }));
  writeFileSync(join(pictures, "silent.png"), png({}));
  writeFileSync(
    join(pictures, "little.png"),
    png({ parameters: "a dog\nSteps: 20, Sampler: DPM++ 3M SDE, Seed: 5" }),
  );
  writeFileSync(join(pictures, "text.png"), "no picture");
  await gallery.rebuild();
  const before = await allOf(gallery);
  expect(before.images.map(({ fileName }) => fileName).toSorted()).toEqual([
    "foreign.PNG",
    "long.png",
    "longer.png",
  ]);
  expect(before.images.find(({ fileName }) => fileName === "foreign.PNG")).toMatchObject({
    target: "elsewhere",
    record: {
      prompt: "a dog",
      negativePrompt: "cat",
      steps: 20,
      guidanceScale: 7,
      seed: "5",
      width: 2,
      height: 1,
      scheduler: "euler-ancestral",
      model: "unknown",
      device: "unknown",
      software: "a1111",
      version: "unknown",
    },
  });
  await gallery.rebuild();
  expect(await allOf(gallery)).toEqual(before);
});

test("leftovers of pictures being written during a crash are swept", async () => {
  const folder = temporaryFolder();
  const gallery = await openGallery(folder);
  writeFileSync(join(folder, `gallery/a.png.${randomUUID()}.part`), "half");
  writeFileSync(join(folder, "gallery/film.part"), "somebody's own");
  await gallery.rebuild();
  expect(readdirSync(join(folder, "gallery"))).toEqual(["film.part"]);
});

test("thumbnails, models and trash are not mistaken for pictures if the data folder is the picture folder", async () => {
  const folder = temporaryFolder();
  const settings = () => ({ fileNamePattern: "{seed}", pictureFolder: folder });
  const gallery = await openGallery(folder, { settings });
  const { id } = await gallery.add(picture());
  await gallery.trash([id]);
  mkdirSync(join(folder, "models/a"), { recursive: true });
  writeFileSync(join(folder, "models/a/sample.png"), picture().png);
  await gallery.rebuild();
  const { names, images } = await allOf(gallery);
  expect(names[0]!.total).toBe(0);
  expect(images).toMatchObject([{ id, isTrashed: true }]);
});

test("pictures can be added, starred and trashed while it runs, and nothing of that is lost", async () => {
  const [folder, other] = [temporaryFolder(), temporaryFolder()];
  const { gallery, ids } = await fullGallery(folder, other);
  const [, fresh] = await Promise.all([
    gallery.rebuild(),
    gallery.add(picture({ seed: "99" })),
    gallery.trash(ids.slice(0, 3)),
    gallery.star(ids.slice(9), true),
  ]);
  const images = await gallery.details([...ids, fresh.id]);
  expect(images.filter(({ isTrashed }) => isTrashed).map(({ id }) => id)).toEqual(ids.slice(0, 3));
  expect(images.filter(({ isStarred }) => isStarred)).toHaveLength(6);
  expect(images.filter(({ isMissing }) => isMissing)).toEqual([]);
  expect(gallery.names().total).toBe(10);
  expect(images.at(-1)!.record).toEqual({ ...RECORD, seed: "99" });
});

test("an interrupted rebuild is requested again", async () => {
  const folder = temporaryFolder();
  const gallery = await openGallery(folder);
  await gallery.add(picture());
  const reason = new Error("closing");
  await expect(gallery.rebuild({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  expect(gallery.needsRebuild).toBe(true);
});
