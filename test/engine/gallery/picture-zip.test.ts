import { rmSync } from "node:fs";
import { expect, test } from "vitest";
import { fromBufferPromise, type Entry } from "yauzl";
import type { Gallery } from "../../../engine/gallery/gallery.ts";
import { pictureZip } from "../../../engine/gallery/picture-zip.ts";
import { openGallery, picture } from "../../fakes/gallery.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

function zipOf(gallery: Gallery, ids: readonly string[]): AsyncGenerator<Uint8Array> {
  return pictureZip(gallery, { ids, pattern: "{prompt}" });
}

async function bytesOf(parts: AsyncIterable<Uint8Array>): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(parts));
}

/** Members of a ZIP by name, read by another program. */
async function membersOf(zip: Buffer): Promise<Map<string, Buffer>> {
  const file = await fromBufferPromise(zip);
  const members = new Map<string, Buffer>();
  for await (const entry of file.eachEntry() as AsyncIterable<Entry>)
    members.set(entry.fileName, await bytesOf(await file.openReadStreamPromise(entry)));
  return members;
}

async function galleryOf(...prompts: string[]): Promise<{ gallery: Gallery; ids: string[] }> {
  const gallery = await openGallery(temporaryFolder(), {
    settings: () => ({ fileNamePattern: "{prompt}" }),
  });
  const ids: string[] = [];
  for (const prompt of prompts) ids.push((await gallery.add(picture({ prompt }))).id);
  return { gallery, ids };
}

test("it contains complete pictures, with names by the pattern, all different", async () => {
  const { gallery, ids } = await galleryOf("a Fish", "a fish", "a fish 2", "日本", "pictures.csv");
  const members = await membersOf(await bytesOf(zipOf(gallery, [...ids, "gone"])));
  expect([...members.keys()]).toEqual([
    "a-fish.png",
    "a-fish-2.png",
    "a-fish-2-2.png",
    "日本.png",
    "pictures-csv.png",
    "pictures.csv",
  ]);
  expect(members.get("a-fish.png")?.subarray(1, 4).toString()).toBe("PNG");
});

test("pictures have the day and time when they were made", async () => {
  const gallery = await openGallery(temporaryFolder());
  const createdAt = "2026-11-24T12:34:57.000Z";
  const { id } = await gallery.add(picture({ createdAt }));
  const file = await fromBufferPromise(await bytesOf(zipOf(gallery, [id])));
  const times: string[] = [];
  for await (const entry of file.eachEntry() as AsyncIterable<Entry>)
    if (entry.fileName.endsWith(".png")) times.push(entry.getLastModDate().toISOString());
  expect(times).toEqual(["2026-11-24T12:34:56.000Z"]);
});

test("the table has a line for each picture, also for a missing one, and no formulas", async () => {
  const { gallery, ids } = await galleryOf('=HYPERLINK("evil")', 'a "red"\nfish, big');
  const [evil = "", red = ""] = ids;
  await gallery.marking.mark({ ids: [red], rating: 3, tag: ["a", "@b"] });
  rmSync(gallery.fileOf(evil));
  const members = await membersOf(await bytesOf(zipOf(gallery, ids)));
  const csv = members.get("pictures.csv")?.toString() ?? "";
  const [head = "", ...lines] = csv.split("\r\n");
  expect(
    head.startsWith("\uFEFFfile,id,createdAt,target,isStarred,rating,tags,albums,prompt,"),
  ).toBe(true);
  expect(lines).toEqual([
    expect.stringContaining(`,${evil},`),
    expect.stringMatching(
      new RegExp(
        `^a-red-fish-big.png,${red},.*,local,false,3,'?@b; a,,"a ""red""\nfish, big",blurry,30,7.5,42,`,
      ),
    ),
    "",
  ]);
  expect(lines[0]).toMatch(/^,.*,"'=HYPERLINK\(""evil""\)",/);
});

test("an empty export is a table without lines", async () => {
  const { gallery } = await galleryOf();
  expect([...(await membersOf(await bytesOf(zipOf(gallery, [])))).keys()]).toEqual([
    "pictures.csv",
  ]);
});

test("it reads the next picture only after the last was taken, and ends when it is aborted", async () => {
  const { gallery, ids } = await galleryOf("one", "two");
  const zip = zipOf(gallery, ids);
  await zip.next();
  await zip.next();
  rmSync(gallery.fileOf(ids[1] ?? ""));
  expect(await zip.next()).toMatchObject({ done: false });
  await zip.return(undefined);
  expect(await zip.next()).toEqual({ done: true, value: undefined });
});
