import dns from "node:dns";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { downloadObject } from "../../../engine/buckets/download.ts";
import { TransferJournal } from "../../../engine/buckets/transfer-journal.ts";
import { uploadObject } from "../../../engine/buckets/upload.ts";
import { connecting, listing, openBuckets } from "../../fakes/open-buckets.ts";
import { S3Server } from "../../fakes/s3/s3-server.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

const PART = 1 << 16;

test("a bucket as a subdomain, as with AWS: signed, sent in parts, listed, linked and downloaded", async () => {
  await using service = await S3Server.start({ smallestPart: 1 });
  const kept = service.bucket("toys");
  // Not every operating system resolves names below localhost.
  const lookedUp: string[] = [];
  const { lookup } = dns;
  const spy = vi.spyOn(dns, "lookup").mockImplementation((name: string, ...rest: unknown[]) => {
    lookedUp.push(name);
    Reflect.apply(lookup, dns, [name.endsWith(".localhost") ? "127.0.0.1" : name, ...rest]);
  });
  try {
    const { connections, buckets } = await openBuckets();
    const { accessKey, secretKey, port } = service;
    const endpoint = `http://localhost:${port}`;
    const asked = connecting(endpoint, { accessKey, secretKey, pathStyle: "no" });
    const connection = await connections.connect(asked);
    const bucket = await connections.bucket({ connectionId: connection.id });
    const content = Buffer.alloc(3 * PART + 7, "x");
    const { signal } = new AbortController();
    const work = { key: "sd/a b+ü.mar", signal, onBytes: () => {} };
    const source = {
      name: "model.mar",
      sizeBytes: content.length,
      identity: "one",
      open: async function* (offset: number) {
        yield content.subarray(offset);
      },
    };
    const journal = await TransferJournal.open(temporaryFolder(), "one");
    await uploadObject(bucket, { ...work, source, journal, partBytes: PART });
    expect(kept.get(work.key).bytes.equals(content)).toBe(true);
    const { objects } = await buckets.list(listing(connection, { isRecursive: true }));
    expect(objects.map(({ key }) => key)).toEqual([work.key]);
    const out = join(temporaryFolder(), "out");
    await downloadObject(bucket, { ...work, out, force: false });
    expect((await readFile(out)).equals(content)).toBe(true);
    const { url } = await buckets.link({ connectionId: connection.id, key: work.key, seconds: 60 });
    expect(new URL(url).host).toBe(`toys.localhost:${port}`);
    expect(new Set(service.requests.map((request) => request.bucket))).toEqual(new Set(["toys"]));
    expect(lookedUp).toContain("toys.localhost");
  } finally {
    spy.mockRestore();
  }
});
