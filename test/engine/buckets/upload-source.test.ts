import { afterEach, beforeEach, expect, test } from "vitest";
import { bytesSource } from "../../../engine/archive-files/checked-source.ts";
import { BucketClient, type Bucket } from "../../../engine/buckets/bucket-client.ts";
import { TIMING } from "../../../engine/buckets/s3-client.ts";
import { uploadSource } from "../../../engine/buckets/upload-source.ts";
import { refusal } from "../../fakes/refusal.ts";
import { etagOf } from "../../fakes/s3/objects.ts";
import { S3Server } from "../../fakes/s3/s3-server.ts";

const PART = 1 << 16;
const bytes = Buffer.from(
  Array.from({ length: 10 * PART + 5 }, (_, at) => (at * 7 + (at >> 9)) % 256),
);
const source = bytesSource(bytes);
let service: S3Server;
let bucket: Bucket;

beforeEach(async () => {
  service = await S3Server.start({ smallestPart: PART });
  service.bucket("models");
  const client = new BucketClient({
    connection: {
      id: "a",
      name: "fake",
      endpoint: service.origin,
      region: null,
      bucket: "models",
      pathStyle: "yes",
      checksums: "auto",
      ca: null,
      isInsecure: false,
      hasKeys: true,
      found: {},
      createdAt: new Date(0).toISOString(),
    },
    keys: { accessKey: service.accessKey, secretKey: service.secretKey },
    timing: TIMING,
    onFound: () => {},
    now: () => new Date(),
  });
  bucket = { client, name: "models", isVersioned: false };
});
afterEach(async () => {
  bucket.client.close();
  await service.close();
});

const stored = (key: string): Buffer | undefined => service.bucket("models").find(key)?.bytes;
const partsSent = (): number =>
  service.requests.filter(({ method, query }) => method === "PUT" && query.has("partNumber"))
    .length;

test("what fits into one part is one object", async () => {
  await uploadSource(bucket, { key: "a b+ü%.mar", source: bytesSource(Buffer.from("small")) });
  expect(stored("a b+ü%.mar")?.toString()).toBe("small");
  expect(service.bucket("models").uploads.size).toBe(0);
});

test("a large source goes in parts, four at a time", async () => {
  let [count, most, now] = [0, 0, 0];
  const counted = {
    ...source,
    async *read(start: number, end: number) {
      most = Math.max(most, ++now);
      yield* source.read(start, end);
      now--;
    },
  };
  const onBytes = (sent: number): void => void (count += sent);
  await uploadSource(bucket, { key: "sd.mar", source: counted, partBytes: PART, onBytes });
  expect(stored("sd.mar")?.equals(bytes)).toBe(true);
  expect([partsSent(), count]).toEqual([11, bytes.length]);
  expect(most).toBeLessThanOrEqual(4);
});

test("what an earlier run left goes on: a part that is there is not sent again, another one is", async () => {
  service.troubles.push({
    hits: ({ query }) => Number(query.get("partNumber")) > 6,
    does: { kind: "refuse", status: 403, code: "AccessDenied" },
    times: Infinity,
  });
  const upload = { key: "sd.mar", source, partBytes: PART };
  await expect(uploadSource(bucket, upload)).rejects.toEqual(refusal("BUCKET_DENIED"));
  const [left] = service.bucket("models").uploads.values();
  const kept = left?.parts.size ?? 0;
  expect(kept).toBeGreaterThan(2);
  // One of another archive: of the same length, with other bytes.
  const other = Buffer.alloc(PART);
  const part = { bytes: other, etag: etagOf(other), modifiedAt: new Date(), checksums: new Map() };
  left?.parts.set(2, part);
  service.troubles.length = 0;
  service.requests.length = 0;
  await uploadSource(bucket, upload);
  expect(stored("sd.mar")?.equals(bytes)).toBe(true);
  expect(partsSent()).toBe(11 - kept + 1);
  expect(service.bucket("models").uploads.size).toBe(0);
});

test("a service that does not list uploads gets all parts anew", async () => {
  service.troubles.push({
    hits: ({ method, query }) => method === "GET" && query.has("uploads"),
    does: { kind: "refuse", status: 501, code: "NotImplemented" },
    times: Infinity,
  });
  await uploadSource(bucket, { key: "sd.mar", source, partBytes: PART });
  expect(stored("sd.mar")?.equals(bytes)).toBe(true);
});

test("a cancelled upload ends at once, and says which one is to be aborted", async () => {
  const abort = new AbortController();
  const begun: string[] = [];
  const onBytes = (): void => abort.abort(new DOMException("cancelled", "AbortError"));
  const cancelled = uploadSource(bucket, {
    key: "sd.mar",
    source,
    partBytes: PART,
    signal: abort.signal,
    onBytes,
    onBegun: (id) => begun.push(id),
  });
  await expect(cancelled).rejects.toThrow("cancelled");
  expect(begun).toEqual([...service.bucket("models").uploads.keys()]);
  expect(service.bucket("models").keys()).toEqual([]);
});
