import { randomBytes } from "node:crypto";
import { appendFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Upload } from "../../../engine/buckets/multipart-upload.ts";
import { TransferJournal } from "../../../engine/buckets/transfer-journal.ts";
import { partBytesFor, uploadObject } from "../../../engine/buckets/upload.ts";
import { fileSource, type UploadSource } from "../../../engine/buckets/sent-bytes.ts";
import { certificate } from "../../fakes/certificates.ts";
import { fakeConnection } from "../../fakes/fake-connection.ts";
import { refusal } from "../../fakes/refusal.ts";
import type { S3Request, S3ServerOptions } from "../../fakes/s3/s3-server.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

const PART = 1 << 16;
const content = randomBytes(10 * PART + 17);

/** Reads in pieces whose size does not divide a part's. */
function source(bytes: Buffer, identity = "one"): UploadSource {
  return {
    name: "model.mar",
    sizeBytes: bytes.length,
    identity,
    open: async function* (offset) {
      for (let at = offset; at < bytes.length; at += 999) yield bytes.subarray(at, at + 999);
    },
  };
}

async function openTrial(options: S3ServerOptions = {}) {
  const folder = temporaryFolder();
  const fake = await fakeConnection(options);
  const upload = async (more: Partial<Upload> = {}, bucket = fake.bucket) => {
    const journal = await TransferJournal.open(folder, "t");
    let bytes = 0;
    await uploadObject(bucket, {
      key: "a/model.mar",
      source: source(content),
      partBytes: PART,
      journal,
      signal: new AbortController().signal,
      onBytes: (more_) => {
        bytes += more_;
      },
      ...more,
    });
    return bytes;
  };
  return { ...fake, folder, upload };
}

test("an upload that cannot be recorded is aborted", async () => {
  const { bucket, kept } = await fakeConnection();
  const folder = temporaryFolder();
  const journal = await TransferJournal.open(folder, "t");
  await mkdir(join(folder, "t.jsonl"));
  const { signal } = new AbortController();
  const upload = { key: "model.mar", source: source(content), partBytes: PART, journal, signal };
  const sending = uploadObject(bucket, { ...upload, onBytes: () => {} });
  await expect(sending).rejects.toThrow("EISDIR");
  expect(kept.uploads.size).toBe(0);
});

const isPart = ({ method, query }: S3Request): boolean =>
  method === "PUT" && query.has("partNumber");
const partNumber = ({ query }: S3Request): string | null => query.get("partNumber");
const isComplete = ({ method, query }: S3Request): boolean =>
  method === "POST" && query.has("uploadId");

test("a part has 64 MiB, or more if 10,000 of them would not suffice", () => {
  expect(partBytesFor(1)).toBe(64 << 20);
  expect(partBytesFor(640 * 2 ** 30)).toBe(Math.ceil((640 * 2 ** 30) / 10_000));
  expect(Math.ceil((5 * 2 ** 40) / partBytesFor(5 * 2 ** 40))).toBeLessThanOrEqual(10_000);
});

test("parts arrive once each, and the object equals what was sent", async () => {
  const { upload, kept, server } = await openTrial();
  expect(await upload()).toBe(content.length);
  expect(kept.get("a/model.mar").bytes.equals(content)).toBe(true);
  expect(server.requests.filter(isPart).map(partNumber)).toHaveLength(11);
  expect(kept.uploads.size).toBe(0);
});

test("what fits into one request is sent in one", async () => {
  const { upload, kept, server } = await openTrial();
  for (const bytes of [Buffer.alloc(0), content.subarray(0, PART)]) {
    await upload({ source: source(bytes, String(bytes.length)) });
    expect(kept.get("a/model.mar").bytes.equals(bytes)).toBe(true);
  }
  expect(server.requests.filter(isPart)).toEqual([]);
});

test("an interrupted upload continues, and sends no finished part again", async () => {
  const { upload, kept, server } = await openTrial();
  const abort = new AbortController();
  server.troubles.push({
    hits: (request) => isPart(request) && partNumber(request) === "7",
    does: { kind: "wait", ms: 60_000 },
  });
  const broken = upload({ signal: abort.signal });
  await expect.poll(() => [...kept.uploads.values()][0]?.parts.size ?? 0).toBeGreaterThanOrEqual(8);
  abort.abort(new DOMException("cancelled", "AbortError"));
  await expect(broken).rejects.toThrow("cancelled");
  const there = new Set([...([...kept.uploads.values()][0]?.parts.keys() ?? [])].map(String));
  server.requests.length = 0;
  server.troubles.length = 0;
  expect(await upload()).toBe(content.length);
  const again = server.requests.filter(isPart).map(partNumber);
  expect(again.filter((number) => there.has(number ?? ""))).toEqual([]);
  expect(kept.get("a/model.mar").bytes.equals(content)).toBe(true);
});

test("a reset, an error in the middle and one under a 200 are tried again", async () => {
  const { upload, kept, server } = await openTrial();
  server.troubles.push(
    { hits: (r) => isPart(r) && partNumber(r) === "2", times: 1, does: { kind: "reset" } },
    {
      hits: (r) => isPart(r) && partNumber(r) === "5",
      times: 2,
      does: { kind: "refuse", status: 500, code: "InternalError" },
    },
    { hits: isComplete, times: 1, does: { kind: "refuse in 200", code: "InternalError" } },
  );
  expect(await upload()).toBe(content.length);
  expect(kept.get("a/model.mar").bytes.equals(content)).toBe(true);
});

test("an upload that the service has forgotten is started again", async () => {
  const { upload, kept, server, folder } = await openTrial();
  const journal = await TransferJournal.open(folder, "t");
  await journal.beginUpload("a/model.mar", { uploadId: "gone", partBytes: PART, identity: "one" });
  await upload();
  expect(kept.get("a/model.mar").bytes.equals(content)).toBe(true);
  server.troubles.push({
    hits: isComplete,
    times: 1,
    does: { kind: "refuse", status: 404, code: "NoSuchUpload" },
  });
  await upload({ source: source(content, "two") });
  expect(kept.get("a/model.mar").bytes.equals(content)).toBe(true);
});

test("bytes that the service stores wrongly are found, deleted and refused", async () => {
  const { upload, kept, server } = await openTrial();
  for (const bytes of [content, content.subarray(0, 100)]) {
    server.troubles.push({
      hits: (r) => isPart(r) || (r.method === "PUT" && bytes.length === 100),
      times: 1,
      does: { kind: "corrupt" },
    });
    await expect(upload({ source: source(bytes, String(bytes.length)) })).rejects.toEqual(
      refusal("OBJECT_DIFFERS"),
    );
    expect(kept.keys()).toEqual([]);
  }
});

test("a source that has changed sends nothing of the old one", async () => {
  const { upload, kept } = await openTrial();
  const path = join(temporaryFolder(), "model.mar");
  await writeFile(path, content);
  const before = await fileSource(path);
  await appendFile(path, "more");
  await expect(upload({ source: before })).rejects.toEqual(refusal("UPLOAD_INPUT_CHANGED"));
  expect([kept.keys(), kept.uploads.size]).toEqual([[], 0]);
  await upload({ source: await fileSource(path) });
  expect(kept.get("a/model.mar").bytes.subarray(-4).toString()).toBe("more");
});

test("a source that changes during the upload is refused as soon as that is noticed, and nothing stays", async () => {
  const { upload, kept, server } = await openTrial();
  const path = join(temporaryFolder(), "model.mar");
  await writeFile(path, content);
  const changing = await fileSource(path);
  let parts = 0;
  const sent = upload({
    source: {
      ...changing,
      refuseChanged: async () => {
        if (++parts === 3) await appendFile(path, "more");
        await changing.refuseChanged?.();
      },
    },
    lanes: 1,
  });
  await expect(sent).rejects.toEqual(refusal("UPLOAD_INPUT_CHANGED", { what: path }));
  expect(server.requests.filter(isPart).map(partNumber)).toEqual(["1", "2"]);
  expect([kept.keys(), kept.uploads.size]).toEqual([[], 0]);
});

const isWholeGet = ({ method, query }: S3Request): boolean => method === "GET" && query.size < 2;

test("parts that are hashed in a thread equal those that are not", async () => {
  const { upload, kept, server } = await openTrial();
  const large = randomBytes((18 << 20) + 17);
  expect(await upload({ source: source(large), partBytes: 9 << 20 })).toBe(large.length);
  expect(new Set(server.requests.filter(isPart).map(partNumber))).toEqual(new Set(["1", "2", "3"]));
  expect(kept.get("a/model.mar").bytes.equals(large)).toBe(true);
});

test("a service whose ETags cover the whole is trusted without reading the object back", async () => {
  const { upload, kept, server } = await openTrial({ hasWholeEtags: true });
  await upload();
  expect(kept.get("a/model.mar").bytes.equals(content)).toBe(true);
  expect(server.requests.filter(isWholeGet)).toEqual([]);
  server.troubles.push({ hits: isPart, times: 1, does: { kind: "corrupt" } });
  await expect(upload({ source: source(content, "two") })).rejects.toEqual(
    refusal("OBJECT_DIFFERS"),
  );
  expect(kept.keys()).toEqual([]);
});

test("what its sender reads back is not read twice", async () => {
  const { upload, server } = await openTrial({ hasWholeEtags: true });
  const read: number[] = [];
  const { open, ...rest } = source(content);
  const watched = (offset: number) => {
    read.push(offset);
    return open(offset);
  };
  await upload({ source: { ...rest, open: watched }, isReadBack: true });
  expect([read, server.requests.filter(isWholeGet)]).toEqual([[0], []]);
});

test("an upload in parts announces the checksums that its parts have, also one begun without any", async () => {
  const { connections, connectionId, kept, server, upload } = await openTrial();
  const abort = new AbortController();
  server.troubles.push({
    hits: (request) => isPart(request) && partNumber(request) === "7",
    does: { kind: "wait", ms: 60_000 },
  });
  const broken = upload({ signal: abort.signal });
  await expect.poll(() => [...kept.uploads.values()][0]?.parts.size ?? 0).toBeGreaterThan(3);
  abort.abort(new DOMException("cancelled", "AbortError"));
  await expect(broken).rejects.toThrow("cancelled");
  server.troubles.length = 0;
  await connections.change({ id: connectionId, checksums: "when-supported" });
  await upload({}, await connections.bucket({ connectionId }));
  expect(kept.get("a/model.mar").bytes.equals(content)).toBe(true);
  expect([...kept.get("a/model.mar").checksums.keys()]).toEqual(["crc32"]);
  expect([...kept.uploads.values()]).toEqual([]);
});

test("a body is signed with its SHA-256, and over TLS with none", async () => {
  const isPut = ({ method }: S3Request): boolean => method === "PUT";
  const signed = async (options: S3ServerOptions) => {
    const { upload, server, connections, connectionId } = await openTrial(options);
    const ca = options.tls?.cert;
    if (ca !== undefined) await connections.change({ id: connectionId, ca });
    const bucket = await connections.bucket({ connectionId });
    const journal = await TransferJournal.open(temporaryFolder(), "t");
    const { signal } = new AbortController();
    const small = { key: "small", source: source(content.subarray(0, 9)), journal, signal };
    await uploadObject(bucket, { ...small, onBytes: () => {} });
    if (ca === undefined) await upload();
    return new Set(server.requests.filter(isPut).map(({ signedBody = "" }) => signedBody));
  };
  const plain = await signed({});
  expect([plain.size, [...plain].every((hash) => /^[\da-f]{64}$/.test(hash))]).toEqual([12, true]);
  const tls = await certificate();
  expect(await signed({ tls })).toEqual(new Set(["UNSIGNED-PAYLOAD"]));
});
