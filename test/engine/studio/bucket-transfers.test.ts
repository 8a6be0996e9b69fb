import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { uploadObject } from "../../../engine/buckets/upload.ts";
import { bucketWorks, journaled } from "../../../engine/studio/bucket-transfers.ts";
import { ReceivedFiles } from "../../../engine/studio/received-files.ts";
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
/** S3's limit. */
const MOST_KEY_BYTES = 1024;
const BYTES = Buffer.alloc(30, 1);

test("a transfer cancelled after a restart leaves no upload behind, and otherwise continues", async () => {
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

test("files in a folder that cannot be keys are left out by name, the others are sent", async () => {
  const { kept, bucket, connectionId, connections } = await fakeConnection();
  const [dataFolder, folder] = [temporaryFolder(), temporaryFolder()];
  const long = "n".repeat(200);
  writeFileSync(join(folder, "a.txt"), "a");
  writeFileSync(join(folder, long), "b");
  const key = "k".repeat(MOST_KEY_BYTES - "/a.txt".length);
  // Other systems refuse names that are not valid Unicode.
  const isLinux = process.platform === "linux";
  if (isLinux) writeFileSync(Buffer.concat([Buffer.from(`${folder}/x`), Buffer.of(0xff)]), "c");
  const notes: string[] = [];
  const { upload } = bucketWorks({
    connections,
    dataFolder,
    received: new ReceivedFiles(dataFolder),
  });
  const order = { connectionId, bucket: bucket.name, key, path: folder };
  await upload.run({ ...RUN, order, onNote: (note) => notes.push(note) });
  expect(kept.get(`${key}/a.txt`).bytes.toString()).toBe("a");
  const names = [long, ...(isLinux ? ["x\ufffd"] : [])].map((name) => JSON.stringify(name));
  expect(notes).toEqual([`left out because the name is not allowed: ${names.join(", ")}`]);
});
