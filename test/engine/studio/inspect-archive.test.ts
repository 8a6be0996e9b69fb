import { expect, test } from "vitest";
import { describeObject } from "../../../engine/studio/inspect-archive.ts";
import { fakeConnection } from "../../fakes/fake-connection.ts";
import { notebookMar } from "../../fakes/mar-writer.ts";
import { refusal } from "../../fakes/refusal.ts";
import type { S3Request } from "../../fakes/s3/s3-server.ts";

const { signal } = new AbortController();

test("an archive that is replaced while it is inspected is refused, not described as half of each", async () => {
  const { bucket, kept, server } = await fakeConnection();
  const [before, after] = [notebookMar(), notebookMar({ stored: false })];
  kept.put("sd.mar", { bytes: Buffer.from(before) });
  let reads = 0;
  server.troubles.push({
    hits: ({ method, key }: S3Request) => {
      const isRead = method === "GET" && key === "sd.mar";
      if (isRead && ++reads === 2) kept.put("sd.mar", { bytes: Buffer.from(after) });
      return false;
    },
    does: { kind: "reset" },
  });
  await expect(describeObject(bucket, "sd.mar", signal)).rejects.toEqual(
    refusal("OBJECT_CHANGED", { bucket: "toys", key: "sd.mar" }),
  );
});
