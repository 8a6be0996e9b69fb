import { randomBytes } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { PutBucketVersioningCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Bucket } from "../../engine/buckets/bucket-client.ts";
import { downloadObject } from "../../engine/buckets/download.ts";
import { folderContent } from "../../engine/buckets/folder-download.ts";
import { TIMING } from "../../engine/buckets/s3-client.ts";
import type { UploadSource } from "../../engine/buckets/sent-bytes.ts";
import { TransferJournal } from "../../engine/buckets/transfer-journal.ts";
import { uploadObject } from "../../engine/buckets/upload.ts";
import type { NewConnection } from "../../engine/contract/buckets.ts";
import { StudioError } from "../../engine/contract/errors.ts";
import { connecting, listing, openBuckets } from "../fakes/open-buckets.ts";
import { refusal } from "../fakes/refusal.ts";
import { temporaryFolder } from "../fakes/temporary-folder.ts";

/** An S3 service, and keys with all permissions on it. */
export interface S3Service {
  readonly endpoint: string;
  readonly accessKey: string;
  readonly secretKey: string;
}

/** Where a service differs from S3. Each difference is tested: one that disappears makes the test fail. */
export interface Differences {
  /** It checks no signature, so any keys are accepted. */
  readonly takesAnyKeys?: true;
  /** It keeps no versions. */
  readonly isUnversioned?: true;
  /** It does not refuse to create an existing bucket. */
  readonly createsTwice?: true;
  /** Hostile keys that it refuses, or stores under another name. */
  readonly refusedKeys?: readonly (keyof typeof HOSTILE_KEYS)[];
}

/** S3's minimum part size. */
const PART = 5 << 20;
export const CONTENT = randomBytes(3 * PART + 17);

/** Keys that have broken services and their clients. */
const HOSTILE_KEYS = {
  parent: "sd/../up.txt",
  double: "sd//double.txt",
  backslash: String.raw`back\slash`,
  nul: "nul\u0000key",
  control: "control\u0001\u001f\r\n\tkey",
  long: "x".repeat(1024),
  markup: `<&>"'`,
  encoded: "%2e%2e%2fx",
  unicode: "a b+c/100%/\u00fc\u202e😀.txt",
  absolute: "/absolute",
  dots: "..",
} as const;

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Object.entries forgets the names.
const HOSTILE = Object.entries(HOSTILE_KEYS) as [keyof typeof HOSTILE_KEYS, string][];

export function source(bytes: Buffer, onRead: (offset: number) => void = () => {}): UploadSource {
  return {
    name: "model.mar",
    sizeBytes: bytes.length,
    identity: `${bytes.length}`,
    open: async function* (offset) {
      onRead(offset);
      for (let at = offset; at < bytes.length; at += 1 << 16) {
        yield bytes.subarray(at, at + (1 << 16));
      }
    },
  };
}

interface Sending {
  readonly key: string;
  readonly source: UploadSource;
  readonly journal?: TransferJournal;
  readonly signal?: AbortSignal;
  readonly onBytes?: (bytes: number) => void;
}

export async function send(bucket: Bucket, { journal, ...sending }: Sending): Promise<void> {
  await uploadObject(bucket, {
    partBytes: PART,
    lanes: 1,
    journal: journal ?? (await TransferJournal.open(temporaryFolder(), "one")),
    signal: new AbortController().signal,
    onBytes: () => {},
    ...sending,
  });
}

const put = (bucket: Bucket, key: string, text = key): Promise<void> =>
  send(bucket, { key, source: source(Buffer.from(text)) });

interface Fetching {
  readonly key: string;
  readonly out: string;
  readonly versionId?: string;
  readonly signal?: AbortSignal;
  readonly onBytes?: (bytes: number) => void;
}

async function fetched(bucket: Bucket, fetching: Fetching): Promise<Buffer> {
  const { signal } = new AbortController();
  await downloadObject(bucket, { force: false, signal, onBytes: () => {}, ...fetching });
  return readFile(fetching.out);
}

/** How work ends: done, or the code of its refusal. */
async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => "done",
    (error: unknown) => (error instanceof StudioError ? error.code : String(error)),
  );
}

/** Aborts as soon as some bytes are reported. */
function abortingAfterBytes() {
  const abort = new AbortController();
  const onBytes = (bytes: number): void => {
    if (bytes > 0) abort.abort(new DOMException("cancelled", "AbortError"));
  };
  return { signal: abort.signal, onBytes };
}

/** A new bucket, made by us, and a connection to it. */
export async function openToys(
  { endpoint, accessKey, secretKey }: S3Service,
  more: Partial<NewConnection> = {},
) {
  const { connections, buckets } = await openBuckets({ timing: TIMING });
  const bucketName = `toys-${randomBytes(4).toString("hex")}`;
  const keys = { accessKey, secretKey, bucket: bucketName };
  const maker = await connections.connect(connecting(endpoint, keys));
  await buckets.create(maker.id, bucketName);
  const connection = await connections.connect(connecting(endpoint, { ...keys, ...more }));
  const bucket = await connections.bucket({ connectionId: connection.id });
  return { connections, buckets, connection, connectionId: connection.id, bucket, bucketName };
}

/** All our operations on an S3 service, from connecting to the refusals; run over the fake and real services alike. */
export function s3Operations(
  name: string,
  start: () => Promise<S3Service & { readonly stop: () => Promise<unknown> }>,
  differences: Differences = {},
): void {
  describe(`S3 as ${name} has it`, () => {
    let service: Awaited<ReturnType<typeof start>>;
    beforeAll(async () => {
      service = await start();
    }, 120_000);
    afterAll(() => service.stop());

    const opened = (more: Partial<NewConnection> = {}) => openToys(service, more);

    test("a connection is tested: it lists, accepts what is written, and leaves nothing", async () => {
      const { connections, buckets, connection, connectionId } = await opened();
      expect(await connections.test(connectionId)).toMatchObject({
        state: "ready",
        canList: true,
        canWrite: true,
        isEmpty: true,
        isVersioned: false,
      });
      expect(await buckets.list(listing(connection))).toMatchObject({ objects: [], folders: [] });
    });

    test("a bucket is created and named", async () => {
      const { buckets, connectionId, bucketName } = await opened();
      expect(await buckets.names(connectionId)).toContain(bucketName);
      const again = buckets.create(connectionId, bucketName);
      const isTwice = differences.createsTwice === true;
      expect(await codeOf(again)).toBe(isTwice ? "done" : "BUCKET_EXISTS");
    });

    test("listing works by pages and by prefixes", async () => {
      const { buckets, connection, bucket } = await opened();
      const keys = ["a.txt", "sd/a/1", "sd/a/2", "sd/b/1", "sd/c", "sd-old/x", "z.txt"];
      for (const key of keys) await put(bucket, key);
      const seen: string[] = [];
      let [after, pages]: [string | undefined, number] = [undefined, 0];
      do {
        const page = await buckets.list(
          listing(connection, { isRecursive: true, limit: 3, after }),
        );
        seen.push(...page.objects.map(({ key }) => key));
        ({ after } = page);
        pages++;
      } while (after !== undefined);
      expect([seen.toSorted(), pages]).toEqual([keys.toSorted(), 3]);
      const below = await buckets.list(listing(connection, { prefix: "sd/" }));
      expect(below.folders.map(({ name: folder }) => folder)).toEqual(["a", "b"]);
      expect(below.objects).toMatchObject([{ key: "sd/c", bytes: 4 }]);
    });

    test.each(HOSTILE)("a hostile key (%s) is treated like any other", async (kind, key) => {
      const { buckets, connection, connectionId, bucket } = await opened();
      const work = async (): Promise<object> => {
        await put(bucket, key);
        const { objects } = await buckets.list(listing(connection, { isRecursive: true }));
        const content = await fetched(bucket, { key, out: join(temporaryFolder(), "out") });
        const { bytes } = await buckets.details({ connectionId, key });
        const removed = await buckets.remove({ connectionId, keys: [key], prefixes: [] });
        const left = await buckets.list(listing(connection, { isRecursive: true }));
        return {
          listed: objects.map((object) => object.key),
          content: content.toString(),
          bytes,
          removed: removed.count,
          left: left.objects,
        };
      };
      const right = {
        listed: [key],
        content: key,
        bytes: Buffer.byteLength(key),
        removed: 1,
        left: [],
      };
      const outcome = await work().catch((error: unknown) => error);
      const isOther = differences.refusedKeys?.includes(kind) === true;
      const told = isOther ? "otherwise" : outcome;
      expect(isDeepStrictEqual(outcome, right) ? "as any other" : told).toEqual(
        isOther ? "otherwise" : "as any other",
      );
    });

    test("an object is described, and anyone can read it with a link", async () => {
      const { buckets, connectionId, bucket } = await opened();
      await put(bucket, "sd/a b+c.txt", "one");
      const place = { connectionId, key: "sd/a b+c.txt" };
      expect(await buckets.details(place)).toMatchObject({
        name: "a b+c.txt",
        bytes: 3,
        etag: "f97c5d29941bfb1b2fdab0874906ab82",
        modifiedAt: expect.stringMatching(/^20/),
      });
      const { url } = await buckets.link({ ...place, seconds: 60 });
      expect(await (await fetch(url)).text()).toBe("one");
      const forged = await fetch(url.replace(/X-Amz-Signature=./, "X-Amz-Signature=z"));
      expect(forged.status).toBe(differences.takesAnyKeys === true ? 200 : 403);
    });

    test("small objects and large ones arrive unchanged, and replace each other", async () => {
      const { bucket } = await opened();
      for (const bytes of [
        Buffer.alloc(0),
        CONTENT,
        Buffer.from("small"),
        CONTENT.subarray(0, PART),
      ]) {
        await send(bucket, { key: "model.mar", source: source(bytes) });
        const out = join(temporaryFolder(), "model.mar");
        expect((await fetched(bucket, { key: "model.mar", out })).equals(bytes)).toBe(true);
      }
    });

    test("an interrupted upload continues with the parts that arrived", async () => {
      const { bucket, buckets, connectionId } = await opened();
      const folder = temporaryFolder();
      const journal = () => TransferJournal.open(folder, "one");
      const first = { key: "model.mar", source: source(CONTENT), ...abortingAfterBytes() };
      await expect(send(bucket, { ...first, journal: await journal() })).rejects.toThrow(
        "cancelled",
      );
      const [left] = await buckets.incomplete({ connectionId, prefix: "" });
      expect(left).toMatchObject({ key: "model.mar", parts: 1, bytes: PART });
      const [read, told]: [number[], number[]] = [[], []];
      await send(bucket, {
        key: "model.mar",
        source: source(CONTENT, (offset) => read.push(offset)),
        journal: await journal(),
        onBytes: (bytes) => told.push(bytes),
      });
      // If an ETag is the MD5 of the whole, the file is read a second time for it.
      expect([read[0], told[0]]).toEqual([PART, PART]);
      expect(told.reduce((sum, bytes) => sum + bytes)).toBe(CONTENT.length);
      expect(await buckets.incomplete({ connectionId, prefix: "" })).toEqual([]);
      const out = join(temporaryFolder(), "model.mar");
      expect((await fetched(bucket, { key: "model.mar", out })).equals(CONTENT)).toBe(true);
    });

    test("an interrupted download continues where it was", async () => {
      const { bucket } = await opened();
      await send(bucket, { key: "model.mar", source: source(CONTENT) });
      const fetching = { key: "model.mar", out: join(temporaryFolder(), "model.mar") };
      const broken = fetched(bucket, { ...fetching, ...abortingAfterBytes() });
      await expect(broken).rejects.toThrow("cancelled");
      const told: number[] = [];
      const content = await fetched(bucket, { ...fetching, onBytes: (bytes) => told.push(bytes) });
      expect([content.equals(CONTENT), told[0]! > 0]).toEqual([true, true]);
      expect(told.reduce((sum, bytes) => sum + bytes)).toBe(CONTENT.length);
    });

    test("a folder is found with what is below it, and nothing beside it", async () => {
      const { bucket } = await opened();
      for (const key of ["sd/model_index.json", "sd/unet/config.json", "sd-old/x"]) {
        await put(bucket, key);
      }
      const { placed } = await folderContent(bucket, "sd/", new AbortController().signal);
      expect(placed.map(({ path }) => path).toSorted()).toEqual([
        "model_index.json",
        join("unet", "config.json"),
      ]);
    });

    test("objects and folders are deleted, and a missing one is not an error", async () => {
      const { buckets, connection, connectionId, bucket } = await opened();
      const keys = ["a", "b", "sd/1", "sd/2", "sd/3/4", "sd-old"];
      for (const key of keys) await put(bucket, key);
      const removal = { connectionId, keys: ["a", "b", "gone"], prefixes: ["sd/"] };
      expect(await buckets.remove(removal)).toMatchObject({ count: 6, failureCount: 0 });
      const { objects } = await buckets.list(listing(connection, { isRecursive: true }));
      expect(objects.map(({ key }) => key)).toEqual(["sd-old"]);
    });

    if (differences.isUnversioned !== true) versionedOperations(opened);
    else unversionedOperations(opened);

    test("incomplete uploads are listed by prefix, and aborted", async () => {
      const { buckets, connectionId, bucket } = await opened();
      for (const key of ["sd/a b+c.bin", "other.bin"]) {
        const sending = { key, source: source(CONTENT), ...abortingAfterBytes() };
        await expect(send(bucket, sending)).rejects.toThrow("cancelled");
      }
      const below = await buckets.incomplete({ connectionId, prefix: "sd/" });
      expect(below.map(({ key }) => key)).toEqual(["sd/a b+c.bin"]);
      await buckets.abortIncomplete({ connectionId }, below);
      const left = await buckets.incomplete({ connectionId, prefix: "" });
      expect(left.map(({ key }) => key)).toEqual(["other.bin"]);
      // Doing it twice is not an error.
      await buckets.abortIncomplete({ connectionId }, [...below, ...left]);
      expect(await buckets.incomplete({ connectionId, prefix: "" })).toEqual([]);
    });

    test("wrong keys are refused", async () => {
      for (const wrong of [{ secretKey: "wrong-secret" }, { accessKey: "nobody-here" }]) {
        const { buckets, connection } = await opened(wrong);
        const listed = buckets.list(listing(connection));
        const isTaken = differences.takesAnyKeys === true;
        expect(await codeOf(listed)).toBe(isTaken ? "done" : "BUCKET_KEYS_REFUSED");
      }
    });

    test("no such bucket and no such object are refused by name", async () => {
      const { buckets, connections, connectionId, connection, bucket } = await opened();
      await expect(buckets.details({ connectionId, key: "gone" })).rejects.toEqual(
        refusal("OBJECT_NOT_FOUND"),
      );
      const lost = { bucket: "no-such-bucket-here" };
      await expect(buckets.list(listing(connection, lost))).rejects.toEqual(
        refusal("BUCKET_NOT_FOUND"),
      );
      const elsewhere = await connections.bucket({ connectionId, ...lost });
      await expect(put(elsewhere, "a")).rejects.toEqual(refusal("BUCKET_NOT_FOUND"));
      const out = join(temporaryFolder(), "a");
      await expect(fetched(bucket, { key: "gone", out })).rejects.toEqual(
        refusal("OBJECT_NOT_FOUND"),
      );
    });

    test("another region does not matter: it is accepted, or learned", async () => {
      const { buckets, connection, bucket } = await opened({ region: "eu-west-3" });
      await put(bucket, "a");
      expect(await buckets.list(listing(connection))).toMatchObject({ objects: [{ key: "a" }] });
    });
  });
}

type Opening = () => ReturnType<typeof openToys>;

/** A bucket that keeps versions, and a connection that has detected it. */
async function keepVersions(opened: Opening) {
  const all = await opened();
  const { bucket, connections, connectionId } = all;
  await bucket.client.send(
    new PutBucketVersioningCommand({
      Bucket: bucket.name,
      VersioningConfiguration: { Status: "Enabled" },
    }),
    { what: "keeping versions", bucket: bucket.name },
  );
  expect(await connections.test(connectionId)).toMatchObject({ isVersioned: true });
  return { ...all, bucket: await connections.bucket({ connectionId }) };
}

function versionedOperations(opened: Opening): void {
  test("with versions a deletion is undone, and a version becomes the latest again", async () => {
    const { buckets, connection, connectionId, bucket } = await keepVersions(opened);
    for (const text of ["one", "two"]) await put(bucket, "sd/a +ü", text);
    await put(bucket, "sd/b");
    const removal = { connectionId, keys: [], prefixes: ["sd/"] };
    const { count, undo } = await buckets.remove(removal);
    expect([count, typeof undo]).toEqual([2, "string"]);
    const gone = await buckets.list(listing(connection, { isRecursive: true }));
    expect(gone.objects).toEqual([]);
    await buckets.undo(undo ?? "");
    const { versions } = await buckets.details({ connectionId, key: "sd/a +ü" });
    expect(versions).toHaveLength(2);
    const { versionId = "" } = versions.find(({ isLatest }) => !isLatest) ?? {};
    const out = join(temporaryFolder(), "a");
    const former = await fetched(bucket, { key: "sd/a +ü", versionId, out });
    expect(former.toString()).toBe("one");
    await buckets.restore({ connectionId, key: "sd/a +ü", versionId });
    const now = await fetched(bucket, { key: "sd/a +ü", out: join(temporaryFolder(), "a") });
    expect(now.toString()).toBe("one");
  });
}

function unversionedOperations(opened: Opening): void {
  test("without versions a deletion cannot be undone, and says so", async () => {
    const { buckets, connectionId, bucket } = await opened();
    await put(bucket, "a");
    const removed = await buckets.remove({ connectionId, keys: ["a"], prefixes: [] });
    expect(removed).toMatchObject({ count: 1 });
    expect(removed).not.toHaveProperty("undo");
    await expect(keepVersions(opened)).rejects.toEqual(refusal("BUCKET_UNSUPPORTED"));
  });
}
