import { crc32 } from "node:zlib";
import { expect, test } from "vitest";
import { compareObject } from "../../../engine/buckets/read-back.ts";
import { fakeConnection } from "../../fakes/fake-connection.ts";
import type { S3Request } from "../../fakes/s3/s3-server.ts";

const SENT = Buffer.from("an archive");
const expected = { key: "sd.mar", sizeBytes: SENT.length, crc32: crc32(SENT) };

test.each([
  ["shorter", "an archiv", "it has 9 bytes of 10"],
  ["longer", "an archive!", "it has more than the 10 bytes that were sent"],
  ["of the same length", "an arch1ve", "its checksum does not match"],
])("an object that is %s is refused", async (_, stored, reason) => {
  const { kept, bucket } = await fakeConnection();
  kept.put("sd.mar", { bytes: Buffer.from(stored) });
  await expect(compareObject(bucket, expected)).rejects.toMatchObject({
    code: "OBJECT_DIFFERS",
    details: { key: "sd.mar", reason },
  });
});

test("an unchanged object is accepted, and all of it was read", async () => {
  const { kept, bucket } = await fakeConnection();
  kept.put("sd.mar", { bytes: SENT });
  let read = 0;
  await compareObject(bucket, { ...expected, onBytes: (bytes) => void (read += bytes) });
  expect(read).toBe(SENT.length);
});

test("reading continues where the connection broke, and ends if the object has changed", async () => {
  const { kept, bucket, server } = await fakeConnection();
  const isGet = ({ method, key }: S3Request): boolean => method === "GET" && key === "sd.mar";
  kept.put("sd.mar", { bytes: SENT });
  server.troubles.push({ hits: isGet, times: 3, does: { kind: "cut", afterBytes: 3 } });
  let read = 0;
  await compareObject(bucket, { ...expected, onBytes: (bytes) => void (read += bytes) });
  expect(read).toBe(SENT.length);
  server.troubles.push({
    hits: (request) => {
      if (!isGet(request)) return false;
      setImmediate(() => kept.put("sd.mar", { bytes: Buffer.from("another one") }));
      return true;
    },
    times: 1,
    does: { kind: "cut", afterBytes: 3 },
  });
  await expect(compareObject(bucket, expected)).rejects.toMatchObject({
    code: "OBJECT_DIFFERS",
    details: { reason: "it changed while it was read" },
  });
});
