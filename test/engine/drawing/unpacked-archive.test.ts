import { mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { expect, test } from "vitest";
import { drawableFolder } from "../../../engine/drawing/unpacked-archive.ts";
import { entriesOf, HANDLER, manifest, marOf, notebookMar, TINY } from "../../fakes/mar-writer.ts";
import { refusal } from "../../fakes/refusal.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";
import { zipOf, type ZipEntry } from "../../fakes/zip-writer.ts";

const FILES = entriesOf().map(({ name }) => name);
const DAY_MS = 86_400_000;

function written(bytes: Uint8Array, folder = temporaryFolder()): string {
  const path = join(folder, "toy.mar");
  writeFileSync(path, bytes);
  return path;
}

function folderOf(entries: readonly ZipEntry[]): string {
  const folder = join(temporaryFolder(), "toy");
  for (const { name, data } of entries) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), data);
  }
  return folder;
}

function differing(folder: string): readonly string[] {
  return FILES.filter(
    (path) => !readFileSync(join(folder, path)).equals(readFileSync(join(TINY, path))),
  );
}

const kept = (cacheFolder: string) => readdirSync(join(cacheFolder, "archives"));

test("an archive is unpacked the first time, under its hash, and found the next time", async () => {
  const cacheFolder = temporaryFolder();
  const path = written(notebookMar());
  const folder = await drawableFolder(path, { cacheFolder });
  expect(folder.endsWith("stable-diffusion")).toBe(true);
  expect(differing(folder)).toEqual([]);
  // If it were unpacked again, this file would disappear.
  writeFileSync(join(folder, "mark"), "");
  expect(await drawableFolder(path, { cacheFolder })).toBe(folder);
  expect(readdirSync(folder)).toContain("mark");
  // The same bytes under another name are the same model.
  expect(await drawableFolder(written(notebookMar()), { cacheFolder })).toBe(folder);
  expect(await drawableFolder(written(marOf(entriesOf())), { cacheFolder })).not.toBe(folder);
});

test("a file that is not an archive, and a folder with the model's files, are used in place", async () => {
  const cacheFolder = temporaryFolder();
  expect(await drawableFolder(TINY, { cacheFolder })).toBe(TINY);
  const plain = folderOf([...entriesOf(TINY, { prefix: "sd/" }), HANDLER, manifest()]);
  expect(resolve(await drawableFolder(plain, { cacheFolder }))).toBe(join(plain, "sd"));
  expect(readdirSync(cacheFolder)).toEqual([]);
});

test("the inner zip of a folder is unpacked", async () => {
  const cacheFolder = temporaryFolder();
  const folder = folderOf([{ name: "model.zip", data: zipOf(entriesOf()) }, HANDLER, manifest()]);
  expect(differing(await drawableFolder(folder, { cacheFolder }))).toEqual([]);
});

test("a broken archive, and one that was stopped, leave nothing", async () => {
  const cacheFolder = temporaryFolder();
  const bytes = Buffer.from(notebookMar());
  bytes.fill(0, bytes.length >> 1, (bytes.length >> 1) + 100);
  await expect(drawableFolder(written(bytes), { cacheFolder })).rejects.toEqual(
    refusal("ARCHIVE_DAMAGED"),
  );
  const stopped = { cacheFolder, signal: AbortSignal.abort() };
  await expect(drawableFolder(written(notebookMar()), stopped)).rejects.toThrow(/abort/i);
  expect(kept(cacheFolder).filter((name) => !name.endsWith(".json"))).toEqual([]);
});

test("unpacked models unused for two weeks are deleted, as are unfinished ones", async () => {
  const cacheFolder = temporaryFolder();
  const [old, fresh] = [written(notebookMar()), written(marOf(entriesOf()))];
  const first = dirname(await drawableFolder(old, { cacheFolder }));
  const part = join(cacheFolder, "archives", ".part-left");
  mkdirSync(part);
  const at = (days: number) => new Date(Date.now() - days * DAY_MS);
  utimesSync(first, at(15), at(15));
  utimesSync(part, at(2), at(2));
  const second = dirname(await drawableFolder(fresh, { cacheFolder }));
  const names = kept(cacheFolder).map((name) => join(cacheFolder, "archives", name));
  expect(names).toContain(second);
  expect(names).not.toContain(first);
  expect(names).not.toContain(part);
});
