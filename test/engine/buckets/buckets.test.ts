import { CreateMultipartUploadCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { expect, onTestFinished, test } from "vitest";
import { connecting, listing, openBuckets } from "../../fakes/open-buckets.ts";
import { refusal } from "../../fakes/refusal.ts";
import { S3Server, type S3ServerOptions } from "../../fakes/s3/s3-server.ts";

/** A connection to the bucket `toys` of a service that checks signatures. */
async function open(options: S3ServerOptions = {}) {
  const s3 = await S3Server.start(options);
  onTestFinished(() => s3[Symbol.asyncDispose]());
  const { accessKey, secretKey } = s3;
  const { connections, buckets } = await openBuckets();
  const connection = await connections.connect(connecting(s3.origin, { accessKey, secretKey }));
  const place = { connectionId: connection.id };
  const put = async (key: string, text = key): Promise<void> => {
    const { client } = await connections.bucket(place);
    const command = new PutObjectCommand({ Bucket: "toys", Key: key, Body: Buffer.from(text) });
    await client.send(command, { what: "writing objects", key });
  };
  const keys = async (): Promise<string[]> => {
    const page = await buckets.list(listing(connection, { isRecursive: true }));
    return page.objects.map(({ key }) => key);
  };
  return { s3, connections, buckets, connection, place, put, keys };
}

const HOSTILE = [
  "../up",
  "/absolute",
  "a b+c/100%/\u00fc.txt",
  String.raw`back\slash`,
  "control\u0001\u001fkey",
  "nul\u0000key",
  "sd//double.txt",
  `<&>"'`,
  "x".repeat(1024),
];

test("a bucket is created, and an existing one is named", async () => {
  const { buckets, connection, place } = await open();
  await expect(buckets.list(listing(connection))).rejects.toEqual(refusal("BUCKET_NOT_FOUND"));
  await buckets.create(connection.id, "toys");
  await expect(buckets.create(connection.id, "toys")).rejects.toEqual(refusal("BUCKET_EXISTS"));
  expect(await buckets.names(connection.id)).toEqual(["toys"]);
  await expect(buckets.details({ ...place, key: "nothing" })).rejects.toThrow(
    "The bucket toys contains no nothing.",
  );
});

test.each(["sd", "Toys", "-toys", "to..ys", "10.0.0.1", "x".repeat(64), "to_ys"])(
  "no bucket is called %s",
  async (name) => {
    const { buckets, connection, s3 } = await open();
    await expect(buckets.create(connection.id, name)).rejects.toEqual(
      refusal("BUCKET_NAME_INVALID"),
    );
    expect(s3.requests).toEqual([]);
  },
);

test("hostile keys are listed, inspected, linked and deleted one by one", async () => {
  const { s3, buckets, place, put, keys } = await open();
  s3.bucket("toys");
  for (const key of HOSTILE) await put(key);
  expect((await keys()).toSorted()).toEqual(HOSTILE.toSorted());
  for (const key of HOSTILE) {
    expect(await buckets.details({ ...place, key })).toMatchObject({
      key,
      bytes: Buffer.byteLength(key),
      versions: [],
    });
    if (key.startsWith("..")) continue;
    const { url } = await buckets.link({ ...place, key, seconds: 60 });
    expect(await (await fetch(url)).text()).toBe(key);
  }
  expect(await buckets.remove({ ...place, keys: HOSTILE, prefixes: [] })).toEqual({
    count: HOSTILE.length,
    failures: [],
    failureCount: 0,
  });
  expect(await keys()).toEqual([]);
});

test("with versions, a deletion and an overwriting can be undone", async () => {
  const { s3, connections, connection, buckets, place, put, keys } = await open();
  s3.bucket("toys").isVersioned = true;
  await connections.test(connection.id);
  expect(connections.get(connection.id).check).toMatchObject({ isVersioned: true, canWrite: true });
  await put("sd/a", "first");
  await put("sd/a", "the second");
  await put("sd/b");
  const { versions } = await buckets.details({ ...place, key: "sd/a" });
  expect(versions.map(({ bytes, isLatest }) => [bytes, isLatest])).toEqual([
    [10, true],
    [5, false],
  ]);
  const { undo } = await buckets.remove({ ...place, keys: [], prefixes: ["sd/"] });
  expect(await keys()).toEqual([]);
  await buckets.undo(undo!);
  expect(await keys()).toEqual(["sd/a", "sd/b"]);
  await buckets.restore({ ...place, key: "sd/a", versionId: versions[1]!.versionId });
  expect(await buckets.details({ ...place, key: "sd/a" })).toMatchObject({ bytes: 5 });
});

test("siblings of a folder with the same prefix stay", async () => {
  const { s3, buckets, place, put, keys } = await open();
  s3.bucket("toys");
  for (const key of ["sd/a", "sd/unet/b", "sd-old/c", "sdx"]) await put(key);
  await buckets.remove({ ...place, keys: [], prefixes: ["sd/"] });
  expect(await keys()).toEqual(["sd-old/c", "sdx"]);
});

test("incomplete uploads are listed and aborted", async () => {
  const { s3, connections, buckets, place } = await open();
  s3.bucket("toys");
  const { client } = await connections.bucket(place);
  const command = new CreateMultipartUploadCommand({ Bucket: "toys", Key: "big +%.mar" });
  await client.send(command, { what: "uploading" });
  const uploads = await buckets.incomplete({ ...place, prefix: "" });
  expect(uploads).toEqual([
    {
      key: "big +%.mar",
      uploadId: expect.any(String),
      startedAt: expect.any(String),
      bytes: 0,
      parts: 0,
    },
  ]);
  await buckets.abortIncomplete(place, uploads);
  await buckets.abortIncomplete(place, uploads);
  expect(await buckets.incomplete({ ...place, prefix: "" })).toEqual([]);
});

test("keys of another user are refused", async () => {
  const { s3, connections, connection, buckets } = await open();
  s3.bucket("toys");
  await connections.change({ id: connection.id, secretKey: "wrong" });
  await expect(buckets.list(listing(connection))).rejects.toEqual(refusal("BUCKET_KEYS_REFUSED"));
  await connections.change({ id: connection.id, secretKey: s3.secretKey });
  expect(await buckets.list(listing(connection))).toMatchObject({ objects: [] });
});

test("a clock three hours off is corrected by the service's own", async () => {
  const { s3, buckets, connection } = await open({ skewMs: 3 * 3_600_000 });
  s3.bucket("toys");
  expect(await buckets.list(listing(connection))).toMatchObject({ objects: [] });
});

test("the bucket's region is taken from the service's refusal", async () => {
  const { s3, buckets, connection } = await open({ region: "eu-west-9" });
  s3.bucket("toys");
  expect(await buckets.list(listing(connection))).toMatchObject({ objects: [] });
});
