import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readMark, readOwnRecord } from "../../../engine/image/generation-text.ts";
import { readPngTexts } from "../../../engine/image/read-png-texts.ts";
import { openGallery, picture, RECORD } from "../../fakes/gallery.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

test("a picture that was added has a file that tells everything, a thumbnail and a row", async () => {
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
    isTrashed: false,
    isMissing: false,
  });
  expect(gallery.fileOf(image.id)).toBe(join(folder, "gallery/2026-11-24/a-red-fish-42.png"));
  const texts = readPngTexts(readFileSync(gallery.fileOf(image.id)));
  expect(readOwnRecord(texts)).toEqual(RECORD);
  expect(readMark(texts)).toEqual({ id: image.id, target: "local", seconds });
  expect(readFileSync(await gallery.thumbnailOf(image.id), "utf8")).toBe("thumbnail");
  expect(await gallery.details([image.id, "gone"])).toEqual([image]);
  expect(gallery.names()).toEqual({ total: 1, days: [{ day: "2026-11-24", ids: [image.id] }] });
  gallery.close();
});
