import { randomUUID } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { refusal } from "../fakes/refusal.ts";
import { S3Server } from "../fakes/s3/s3-server.ts";
import { StudioUnderTest } from "./studio-under-test.ts";
import { TRANSPORTS } from "./transports.ts";

describe.each(TRANSPORTS)("files sent by a page, $name", (transport) => {
  const studio = StudioUnderTest.over(transport);
  let service: S3Server;
  let connectionId: string;
  beforeAll(async () => {
    service = await S3Server.start();
    service.bucket("models");
    const { id } = await studio.client.buckets.connect({
      endpoint: service.origin,
      bucket: "models",
      accessKey: service.accessKey,
      secretKey: service.secretKey,
      pathStyle: "yes",
    });
    connectionId = id;
  });
  afterAll(() => service.close());

  const send = (id: string | undefined, path: string, offset: number, text: string) =>
    studio.client.buckets.receive({ id, path, offset, part: new File([text], "part") });

  async function ended(transferId: string): Promise<string> {
    return vi.waitFor(
      async () => {
        const found = (await studio.client.transfers.list()).find(({ id }) => id === transferId);
        if (found === undefined || found.state === "running" || found.state === "waiting")
          throw new Error(JSON.stringify(found));
        return found.state;
      },
      { timeout: 20_000, interval: 20 },
    );
  }

  test("a file in parts and a folder are uploaded, and nothing of them stays here", async () => {
    const { id: file } = await send(undefined, "notes.txt", 0, "one ");
    await send(file, "notes.txt", 4, "two");
    const { id: folder } = await send(undefined, "toys/a.txt", 0, "a");
    await send(folder, "toys/deep/empty.txt", 0, "");
    const { buckets } = studio.client;
    const first = await buckets.upload({ connectionId, key: "in/", received: file });
    const second = await buckets.upload({ connectionId, key: "in/toys/", received: folder });
    expect(first.transferId).toBe(file);
    expect([await ended(first.transferId), await ended(second.transferId)]).toEqual([
      "done",
      "done",
    ]);
    const bucket = service.bucket("models");
    expect(bucket.keys()).toEqual(["in/notes.txt", "in/toys/a.txt", "in/toys/deep/empty.txt"]);
    expect(bucket.get("in/notes.txt").bytes.toString()).toBe("one two");
    expect(await buckets.details({ connectionId, key: "in/notes.txt" })).toMatchObject({
      contentType: "text/plain; charset=utf-8",
    });
    expect(readdirSync(join(studio.folder, "received"))).toEqual([]);
  });

  test("parts out of order, paths out of the folder and missing files are refused", async () => {
    const id = randomUUID();
    const refused = refusal("REQUEST_INVALID");
    await expect(send(id, "a.bin", 4, "x")).rejects.toEqual(refused);
    await send(id, "b.bin", 0, "abc");
    await expect(send(id, "b.bin", 0, "abc")).rejects.toEqual(refused);
    await expect(send(id, "b.bin", 2, "abc")).rejects.toEqual(refused);
    for (const path of ["../b", "a/../../b", "/b", "C:\\b", "a\u0000b", "a/", "nul"])
      await expect(send(id, path, 0, "x")).rejects.toEqual(refused);
    await expect(
      studio.client.buckets.upload({ connectionId, key: "", received: randomUUID() }),
    ).rejects.toEqual(refusal("NOT_FOUND"));
  });

  test("files that a page discards are deleted, and after a restart those it sent partly", async () => {
    const id = randomUUID();
    await send(id, "left.bin", 0, "abc");
    const { id: unwanted } = await send(undefined, "unwanted.bin", 0, "abc");
    const isThere = (one: string) => existsSync(join(studio.folder, "received", one));
    await studio.client.buckets.discardReceived({ id: unwanted });
    expect([id, unwanted].map(isThere)).toEqual([true, false]);
    await studio.close();
    await studio.open();
    await vi.waitFor(() => expect(isThere(id)).toBe(false), 20_000);
  });
});
