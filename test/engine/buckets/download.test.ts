import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { downloadObject } from "../../../engine/buckets/download.ts";
import { folderContent } from "../../../engine/buckets/folder-download.ts";
import { fakeConnection } from "../../fakes/fake-connection.ts";
import { refusal } from "../../fakes/refusal.ts";
import type { S3Request } from "../../fakes/s3/s3-server.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

const content = randomBytes(3 << 20);
const isGet = ({ method, key }: S3Request): boolean => method === "GET" && key !== "";

async function openTrial() {
  const fake = await fakeConnection();
  const folder = temporaryFolder();
  const out = join(folder, "below", "model.mar");
  fake.kept.put("model.mar", { bytes: content });
  const download = async (more: { force?: boolean; signal?: AbortSignal } = {}) => {
    let bytes = 0;
    const onBytes = (count: number): void => {
      bytes += count;
    };
    const { signal } = new AbortController();
    await downloadObject(fake.bucket, {
      key: "model.mar",
      out,
      force: false,
      signal,
      onBytes,
      ...more,
    });
    return bytes;
  };
  return { ...fake, folder, out, download };
}

test("an object becomes a file, and nothing is left beside it", async () => {
  const { download, out } = await openTrial();
  expect(await download()).toBe(content.length);
  expect((await readFile(out)).equals(content)).toBe(true);
  expect(await readdir(join(out, ".."))).toEqual(["model.mar"]);
});

test("an empty object becomes an empty file", async () => {
  const { download, out, kept } = await openTrial();
  kept.put("model.mar", { bytes: Buffer.alloc(0) });
  await download();
  expect(await readFile(out, "utf8")).toBe("");
});

test("a broken download continues where it was", async () => {
  const { download, out, server } = await openTrial();
  server.troubles.push({ hits: isGet, times: 2, does: { kind: "cut", afterBytes: 1 << 20 } });
  expect(await download()).toBe(content.length);
  expect((await readFile(out)).equals(content)).toBe(true);
  expect(server.requests.filter(isGet)).toHaveLength(3);
});

test("what an earlier run downloaded is kept, unless the object has changed", async () => {
  const { download, out, server, kept } = await openTrial();
  const abort = new AbortController();
  server.troubles.push(
    { hits: isGet, times: 1, does: { kind: "cut", afterBytes: 2 << 20 } },
    { hits: isGet, times: 1, does: { kind: "wait", ms: 60_000 } },
  );
  const broken = download({ signal: abort.signal });
  await expect.poll(() => server.requests.filter(isGet).length).toBe(2);
  abort.abort(new DOMException("cancelled", "AbortError"));
  await expect(broken).rejects.toThrow("cancelled");
  expect(existsSync(out)).toBe(false);
  const other = randomBytes(3 << 20);
  kept.put("model.mar", { bytes: other });
  await download();
  expect((await readFile(out)).equals(other)).toBe(true);
});

test("what an earlier run left is also checked against the checksum", async () => {
  const { download, out, server, kept } = await openTrial();
  const large = randomBytes(9 << 20);
  kept.put("model.mar", { bytes: large });
  const abort = new AbortController();
  server.troubles.push(
    { hits: isGet, times: 1, does: { kind: "cut", afterBytes: 4 << 20 } },
    { hits: isGet, times: 1, does: { kind: "wait", ms: 60_000 } },
  );
  const broken = download({ signal: abort.signal });
  await expect.poll(() => server.requests.filter(isGet).length).toBe(2);
  abort.abort(new DOMException("cancelled", "AbortError"));
  await expect(broken).rejects.toThrow("cancelled");
  const part = await readFile(`${out}.part`);
  expect(large.subarray(0, part.length).equals(part)).toBe(true);
  await writeFile(`${out}.part`, Buffer.concat([Buffer.from("other"), part.subarray(5)]));
  server.requests.length = 0;
  expect(await download()).toBe(large.length);
  expect((await readFile(out)).equals(large)).toBe(true);
  const ranges = server.requests.filter(isGet).map(({ range }) => range);
  expect(ranges).toEqual([`bytes=${part.length}-`, "bytes=0-"]);
});

test("an existing file is kept unless it is to be overwritten", async () => {
  const { download, out } = await openTrial();
  await download();
  await writeFile(out, "mine");
  await expect(download()).rejects.toEqual(refusal("OUTPUT_EXISTS"));
  expect(await readFile(out, "utf8")).toBe("mine");
  await download({ force: true });
  expect((await readFile(out)).equals(content)).toBe(true);
});

test("bytes that do not match the service's checksum are refused", async () => {
  const { download, kept, out } = await openTrial();
  kept.put("model.mar", { bytes: content, checksums: new Map([["sha256", "AAAA"]]) });
  await expect(download()).rejects.toEqual(refusal("DOWNLOAD_DAMAGED"));
  expect(existsSync(out)).toBe(false);
});

test("an ETag that is not an MD5 counts as one only if the bytes stay the same", async () => {
  const { download, kept, out } = await openTrial();
  kept.put("model.mar", { bytes: content, etag: "0".repeat(32) });
  await download();
  expect((await readFile(out)).equals(content)).toBe(true);
});

test("keys that cannot be a file's name are left out of a folder", async () => {
  const { bucket, kept } = await openTrial();
  const good = ["sd/a", "sd/b/c", "sd/ü b+%.txt"];
  const bad = [
    "sd/../up",
    "sd//double",
    "sd/A",
    "sd/a/below",
    "sd/b\\c",
    "sd/nul",
    "sd/CON.txt",
    "sd/x\u0001y",
    "sd/end.",
    "sd/./x",
    `sd/${"x".repeat(1000)}`,
    "sd/\u202egnp.exe",
  ];
  for (const key of [...good, ...bad, "sd/", "sd/b/", "sd-old/x"]) {
    kept.put(key, { bytes: Buffer.from(key.endsWith("/") ? "" : "x") });
  }
  const found = await folderContent(bucket, "sd/", new AbortController().signal);
  const paths = found.placed.map(({ path }) => path);
  expect(found.placed).toHaveLength(good.length);
  expect(paths).toEqual(expect.arrayContaining(["b/c", "ü b+%.txt"]));
  expect(found.leftOut).toHaveLength(bad.length);
});
