import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { StudioError } from "../../../engine/contract/errors.ts";
import type { Gallery } from "../../../engine/gallery/gallery.ts";
import { generationTexts, recordedPng } from "../../../engine/image/generation-text.ts";
import { pixels } from "../../../engine/image/pixels.ts";
import { addPngTexts } from "../../../engine/image/png/png-text.ts";
import { encodePng } from "../../../engine/image/png/png.ts";
import { readPngTexts } from "../../../engine/image/png/read-png-texts.ts";
import { readForeignPicture } from "../../../engine/studio/read-foreign-picture.ts";
import * as written from "../../fakes/foreign-texts.ts";
import { openGallery, picture, RECORD } from "../../fakes/gallery.ts";
import { refusal } from "../../fakes/refusal.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

const WRITTEN = "2025-03-09T10:00:00.000Z";

/** A PNG of one colour without any texts. */
function plain(shade = 0): Uint8Array {
  return encodePng(pixels(4, 2, new Uint8Array(24).fill(shade)));
}

async function take(gallery: Gallery, bytes: Uint8Array, name = "Summer at sea.png") {
  return gallery.import({ ...(await readForeignPicture(bytes, name)), modifiedAt: WRITTEN });
}

test("a picture without settings is stored under its file's name, on the day it was written", async () => {
  const gallery = await openGallery(temporaryFolder());
  const { id, isNew } = await take(gallery, plain());
  expect(isNew).toBe(true);
  expect(await gallery.get(id)).toMatchObject({
    fileName: "summer-at-sea.png",
    record: { prompt: "", width: 4, height: 2, model: "unknown" },
    target: "elsewhere",
    createdAt: WRITTEN,
  });
  expect(gallery.names().days).toEqual([{ day: "2025-03-09", ids: [id] }]);
});

test.each([
  ["A1111", { parameters: written.A1111 }, { prompt: "a lighthouse, oil on canvas", steps: 28 }],
  ["InvokeAI", { invokeai_metadata: written.INVOKEAI }, { prompt: "a lighthouse", steps: 30 }],
])("what %s wrote becomes its record, and stays in the file", async (_, texts, told) => {
  const gallery = await openGallery(temporaryFolder());
  const { id } = await take(gallery, addPngTexts(plain(), new Map(Object.entries(texts))));
  expect((await gallery.get(id)).record).toMatchObject({ ...told, width: 4, height: 2 });
  const kept = readPngTexts(readFileSync(gallery.fileOf(id)));
  expect(Object.fromEntries(kept)).toMatchObject(texts);
});

test("a JPEG becomes a PNG with the same pixels", async () => {
  const gallery = await openGallery(temporaryFolder());
  const jpeg = await sharp(plain(90)).jpeg().toBuffer();
  const { id } = await take(gallery, jpeg, "sea.jpg");
  const kept = await sharp(gallery.fileOf(id)).raw().toBuffer();
  expect(kept.equals(await sharp(jpeg).raw().toBuffer())).toBe(true);
  expect(await take(gallery, jpeg, "copy.jpg")).toEqual({ id, isNew: false });
});

describe("the same picture again", () => {
  test("is not stored twice, under any name or with any texts", async () => {
    const gallery = await openGallery(temporaryFolder());
    const { id } = await take(gallery, plain());
    const copies = [plain(), addPngTexts(plain(), new Map([["Comment", "mine"]]))];
    for (const copy of [...copies, readFileSync(gallery.fileOf(id))])
      expect(await take(gallery, copy, "other.png")).toEqual({ id, isNew: false });
    expect(gallery.names().total).toBe(1);
    expect((await take(gallery, plain(1))).isNew).toBe(true);
  });

  test("comes back from the trash", async () => {
    const gallery = await openGallery(temporaryFolder());
    const { id } = await take(gallery, plain());
    await gallery.trash([id]);
    expect(await take(gallery, plain())).toEqual({ id, isNew: true });
    expect((await gallery.get(id)).isTrashed).toBe(false);
  });

  test("is stored again if its file is missing, with its star and rating", async () => {
    const gallery = await openGallery(temporaryFolder());
    const { id } = await take(gallery, plain());
    await gallery.star([id], true);
    await gallery.marking.mark({ ids: [id], rating: 4 });
    rmSync(gallery.fileOf(id));
    expect(await take(gallery, plain())).toEqual({ id, isNew: true });
    expect(await gallery.get(id)).toMatchObject({ isStarred: true, rating: 4, isMissing: false });
  });

  test("is recognised if the user put it into the folder", async () => {
    const folder = temporaryFolder();
    const gallery = await openGallery(folder);
    const { createdAt: _, ...record } = RECORD;
    const bytes = addPngTexts(
      plain(),
      new Map([["parameters", [...generationTexts(record)].at(-1)?.[1] ?? ""]]),
    );
    mkdirSync(join(folder, "gallery"), { recursive: true });
    writeFileSync(join(folder, "gallery/mine.png"), bytes);
    await gallery.rebuild();
    expect(gallery.names().total).toBe(1);
    expect((await take(gallery, bytes)).isNew).toBe(false);
  });
});

describe("a picture of another gallery", () => {
  test("keeps its id and its bytes", async () => {
    const [one, other] = [
      await openGallery(temporaryFolder()),
      await openGallery(temporaryFolder()),
    ];
    const { id } = await one.add(picture());
    const bytes = readFileSync(one.fileOf(id));
    expect(await take(other, bytes)).toEqual({ id, isNew: true });
    expect(readFileSync(other.fileOf(id)).equals(bytes)).toBe(true);
    expect((await other.get(id)).record).toEqual(RECORD);
    expect(await take(one, bytes)).toEqual({ id, isNew: false });
  });

  test("does not pass for one that it only claims to be", async () => {
    const gallery = await openGallery(temporaryFolder());
    const { id } = await gallery.add(picture());
    const liar = recordedPng(plain(7), { ...RECORD, prompt: "another" }, { id, target: "local" });
    const imported = await take(gallery, liar);
    expect(imported.isNew && imported.id !== id).toBe(true);
    expect((await gallery.get(id)).record.prompt).toBe("a red fish");
    expect((await take(gallery, liar)).id).toBe(imported.id);
  });
});

test("a rebuilt index recognises imported pictures", async () => {
  const folder = temporaryFolder();
  const first = await openGallery(folder);
  const ids = [
    (await take(first, plain())).id,
    (await take(first, addPngTexts(plain(3), new Map([["parameters", "Steps: 9, Seed: 4"]])))).id,
  ];
  const before = await first.details(ids);
  await first.close();
  rmSync(join(folder, "gallery.sqlite"));
  const again = await openGallery(folder);
  await again.rebuild();
  expect(await again.details(ids)).toEqual(before);
});

test("a file that is not a picture is refused, and nothing is stored", async () => {
  const gallery = await openGallery(temporaryFolder());
  const big = Buffer.from(plain());
  big.writeUInt32BE(9000, 16);
  for (const bytes of [Buffer.from("no picture"), plain().subarray(0, 40), big])
    await expect(take(gallery, bytes)).rejects.toEqual(refusal("IMAGE_UNREADABLE"));
  expect(gallery.names().total).toBe(0);
});

test("whatever a file's texts say, it is stored or refused, and can be read back", async () => {
  const folder = temporaryFolder();
  const gallery = await openGallery(folder);
  const keyword = fc.constantFrom("darkroom", "parameters", "invokeai_metadata", "prompt", "Dream");
  const text = fc.oneof(
    fc.string({ unit: "binary", maxLength: 300 }),
    fc.json(),
    fc.constantFrom(written.A1111, written.INVOKEAI, written.FOOOCUS_JSON),
  );
  let shade = 0;
  await fc.assert(
    fc.asyncProperty(fc.dictionary(keyword, text), fc.string(), async (texts, name) => {
      const bytes = addPngTexts(plain(shade++ % 256), new Map(Object.entries(texts)));
      const outcome = await take(gallery, bytes, name).then(
        async ({ id }) => (await gallery.get(id)).record.width,
        (error: unknown) => (error instanceof StudioError ? error.code : error),
      );
      expect([4, "IMAGE_UNREADABLE"]).toContain(outcome);
    }),
    { numRuns: 40 },
  );
  await gallery.rebuild();
  const ids = gallery.names().days.flatMap((day) => day.ids);
  expect((await gallery.details(ids)).filter(({ isMissing }) => isMissing)).toEqual([]);
});
