import { expect, test } from "vitest";
import { uploadObject } from "../../../engine/buckets/upload.ts";
import { journaled } from "../../../engine/studio/bucket-transfers.ts";
import type { TransferRun } from "../../../engine/transfers/runner.ts";
import { fakeConnection } from "../../fakes/fake-connection.ts";
import { refusal } from "../../fakes/refusal.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

const RUN: TransferRun = {
  id: "t",
  order: {},
  signal: new AbortController().signal,
  onProgress: () => {},
  onNote: () => {},
  onStage: () => {},
};
const BYTES = Buffer.alloc(30, 1);

test("what is given up after a restart leaves no upload behind, and goes on where it is not", async () => {
  const { server, kept, bucket, connectionId, connections } = await fakeConnection();
  const parts = { connections, dataFolder: temporaryFolder() };
  const runner = () =>
    journaled(parts, async ({ signal }, journal) => {
      await journal.begin({ connectionId, bucket: bucket.name });
      const open = async function* (from: number) {
        yield BYTES.subarray(from);
      };
      const source = { name: "sd.mar", sizeBytes: BYTES.length, identity: "one", open };
      const upload = { key: "sd.mar", source, partBytes: 10, lanes: 1, journal, signal };
      await uploadObject(bucket, { ...upload, onBytes: () => {} });
    });
  const refuseThird = () =>
    server.troubles.push({
      hits: ({ query }) => query.get("partNumber") === "3",
      times: 1,
      does: { kind: "refuse", status: 403, code: "AccessDenied" },
    });
  refuseThird();
  await expect(runner().run(RUN)).rejects.toEqual(refusal("BUCKET_DENIED"));
  const [left] = kept.uploads.values();
  expect([...(left?.parts.keys() ?? [])]).toEqual([1, 2]);

  server.requests.length = 0;
  await runner().run(RUN);
  const sent = server.requests.map(({ query }) => query.get("partNumber")).filter(Boolean);
  expect(sent).toEqual(["3"]);
  expect(kept.get("sd.mar").bytes).toEqual(BYTES);

  refuseThird();
  await expect(runner().run(RUN)).rejects.toEqual(refusal("BUCKET_DENIED"));
  expect(kept.uploads.size).toBe(1);
  await runner().discard?.(RUN.id);
  expect(kept.uploads.size).toBe(0);
});
