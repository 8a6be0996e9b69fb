import { createHash } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import type { StoredModel } from "../../engine/contract/models.ts";
import type { Transfer } from "../../engine/contract/transfers.ts";
import { largeModel } from "../fakes/large-model.ts";
import { entriesOf, HANDLER, manifest, notebookMar } from "../fakes/mar-writer.ts";
import { refusal } from "../fakes/refusal.ts";
import { S3Server, type S3Request, type Trouble } from "../fakes/s3/s3-server.ts";
import { StudioUnderTest } from "./studio-under-test.ts";
import { TRANSPORTS } from "./transports.ts";

const MIB = 1 << 20;
const MAR = "sd/model-store/sd.mar";

describe.each(TRANSPORTS)("importing models from buckets, $name", (transport) => {
  const studio = StudioUnderTest.over(transport);
  let service: S3Server;
  let connectionId: string;
  beforeAll(async () => {
    service = await S3Server.start();
    const { accessKey, secretKey, origin: endpoint } = service;
    const keys = { accessKey, secretKey, pathStyle: "yes" } as const;
    const made = { name: "fake", endpoint, bucket: "models", ...keys } as const;
    connectionId = (await studio.client.buckets.connect(made)).id;
  });
  afterAll(() => service.close());
  beforeEach(async () => {
    const bucket = service.bucket("models");
    for (const key of bucket.keys()) bucket.remove(key);
    service.requests.length = 0;
    service.troubles.length = 0;
    for (const { id } of await studio.client.models.list()) {
      if (id !== "starter") await studio.client.models.remove({ id });
    }
  });

  const put = (key: string, bytes: Uint8Array): void => {
    service.bucket("models").put(key, { bytes: Buffer.from(bytes) });
  };
  const begin = async (key: string, id?: string): Promise<string> =>
    (await studio.client.buckets.importModel({ connectionId, key, id })).transferId;

  function until(id: string, isSo: (transfer: Transfer) => boolean): Promise<Transfer> {
    return vi.waitFor(
      async () => {
        const found = (await studio.client.transfers.list()).find((one) => one.id === id);
        if (found === undefined || !isSo(found)) throw new Error(JSON.stringify(found));
        return found;
      },
      { timeout: 50_000, interval: 10 },
    );
  }

  const ended = async (id: string): Promise<Transfer> =>
    until(id, ({ state }) => !["waiting", "running", "paused"].includes(state));
  const imported = async (key: string, id?: string) => ended(await begin(key, id));
  const stored = async (id: string | undefined): Promise<StoredModel | undefined> =>
    (await studio.client.models.list()).find((one) => one.id === id);

  /** What is in the store besides complete models. */
  const unfinished = () => {
    const folder = join(studio.folder, "models");
    return existsSync(folder)
      ? readdirSync(folder).filter((name) => name.startsWith(".incoming"))
      : [];
  };

  /** Number of the object's bytes that were sent. */
  const sent = (key: string): number =>
    service.requests.filter((one) => one.method === "GET" && one.key === key).length;

  test("an archive, by its key or by the path that a cluster gets; the model records its source", async () => {
    const bytes = notebookMar();
    put(MAR, bytes);
    put("sd/config/config.properties", Buffer.from("job_queue_size=10\n"));
    const done = await imported("sd/", "mine");
    expect(done).toMatchObject({ state: "done", kind: "bucket-import", name: "sd.mar" });
    expect(done).toMatchObject({ modelId: "mine", doneBytes: done.totalBytes });
    expect(done.note).toBe(`${HANDLER.name}: contains code, never run here`);
    const model = await stored("mine");
    expect(model?.summary?.parameters).toBeGreaterThan(0);
    expect(model?.provenance).toMatchObject({
      kind: "bucket",
      name: "sd.mar",
      archive: { sha256: createHash("sha256").update(bytes).digest("hex") },
      object: { connection: "fake", bucket: "models", key: MAR, etag: expect.any(String) },
    });
    service.requests.length = 0;
    expect((await imported(MAR)).error).toMatchObject({
      code: "MODEL_EXISTS",
      details: { model: "mine" },
    });
    expect(sent(MAR)).toBe(0);
    expect(unfinished()).toEqual([]);
  });

  test("keys with spaces and letters of many languages, and an archive that is a folder", async () => {
    const odd = "Modèle n°1 / été 100%+.mar";
    put(odd, notebookMar());
    expect(await imported(odd, "odd")).toMatchObject({ state: "done", name: " été 100%+.mar" });
    await studio.client.models.remove({ id: "odd" });
    const files = [...entriesOf(), HANDLER, manifest()];
    for (const { name, data } of files) put(`store/sd.mar/${name}`, data);
    expect(await imported("store/sd.mar")).toMatchObject({
      state: "done",
      modelId: "stable-diffusion",
    });
    expect((await stored("stable-diffusion"))?.provenance).toMatchObject({
      kind: "bucket",
      name: "sd.mar",
      object: { key: "store/sd.mar/" },
    });
  });

  test("only the model's own files of a folder in diffusers layout are imported", async () => {
    for (const { name, data } of entriesOf()) put(`hub/tiny sd/${name}`, data);
    put("hub/tiny sd/README.md", Buffer.from("no part of it"));
    expect(await imported("hub/")).toMatchObject({ state: "done", modelId: "tiny-sd" });
    expect(sent("hub/tiny sd/README.md")).toBe(0);
    const { transferId } = await studio.client.models.verify({ id: "tiny-sd" });
    expect(await ended(transferId)).toMatchObject({ state: "done" });
    expect(unfinished()).toEqual([]);
  });

  test("a missing key, a folder without a model and one with several are refused at once", async () => {
    await expect(begin("nothing/")).rejects.toEqual(refusal("OBJECT_NOT_FOUND"));
    put("notes/read.txt", Buffer.from("x"));
    await expect(begin("notes")).rejects.toEqual(refusal("ARCHIVE_WITHOUT_MODEL"));
    put("notes/a.mar", Buffer.from("x"));
    put("notes/b/b.mar", Buffer.from("x"));
    await expect(begin("notes/")).rejects.toMatchObject({
      code: "REQUEST_INVALID",
      message: expect.stringContaining("such as notes/a.mar, notes/b/b.mar"),
    });
    await expect(
      studio.client.buckets.importModel({ connectionId: "none", key: "a" }),
    ).rejects.toEqual(refusal("NOT_FOUND"));
  });

  test("an invalid archive is refused before it is downloaded", async () => {
    put("big.mar", Buffer.alloc(8 * MIB, 1));
    expect((await imported("big.mar")).error?.code).toBe("ARCHIVE_DAMAGED");
    const ranged = service.requests.filter(({ method }) => method === "GET").length;
    expect(ranged).toBeLessThan(4);
  });

  /** A fault in replies with the archive's content, after the third HEAD request, when all of it will be downloaded. */
  const breaking = (does: Trouble["does"], times?: number): void => {
    const looks = () =>
      service.requests.filter(({ method, key }) => method === "HEAD" && key === MAR).length;
    const hits = ({ method, key }: S3Request) => method === "GET" && key === MAR && looks() > 2;
    service.troubles.push({ hits, does, ...(times !== undefined && { times }) });
  };

  test("a broken download continues where it stopped", async () => {
    put(MAR, notebookMar({}, largeModel(8 * MIB)));
    breaking({ kind: "cut", afterBytes: 3 * MIB }, 2);
    expect(await imported(MAR, "cut")).toMatchObject({ state: "done", modelId: "cut" });
  });

  test("keys that are revoked in the middle are reported, and what was downloaded is kept until they work again", async () => {
    put(MAR, notebookMar({}, largeModel(8 * MIB)));
    breaking({ kind: "cut", afterBytes: 3 * MIB }, 1);
    breaking({ kind: "refuse", status: 403, code: "InvalidAccessKeyId" }, Infinity);
    const id = await begin(MAR, "revoked");
    const failed = await ended(id);
    expect(failed.error?.code).toBe("BUCKET_KEYS_REFUSED");
    expect(failed.doneBytes).toBeGreaterThan(2 * MIB);
    service.troubles.length = 0;
    await studio.client.transfers.resume({ ids: [id] });
    expect(await ended(id)).toMatchObject({ state: "done", modelId: "revoked" });
    expect(unfinished()).toEqual([]);
  });

  test("an archive that is replaced in the middle arrives complete, as one of the two", async () => {
    put(MAR, notebookMar({}, largeModel(8 * MIB)));
    breaking({ kind: "cut", afterBytes: 3 * MIB }, 1);
    const other = notebookMar();
    const hits = ({ method }: S3Request): boolean => {
      if (method === "GET" && service.troubles[0]?.times === 0) put(MAR, other);
      return false;
    };
    service.troubles.push({ hits, does: { kind: "reset" } });
    expect(await imported(MAR, "replaced")).toMatchObject({ state: "done", modelId: "replaced" });
    const sha256 = createHash("sha256").update(other).digest("hex");
    expect((await stored("replaced"))?.provenance?.archive?.sha256).toBe(sha256);
  });

  test("a bucket that is deleted in the middle is reported, and a cancel leaves nothing", async () => {
    put(MAR, notebookMar({}, largeModel(8 * MIB)));
    breaking({ kind: "cut", afterBytes: 3 * MIB }, 1);
    breaking({ kind: "refuse", status: 404, code: "NoSuchBucket" }, Infinity);
    const id = await begin(MAR, "deleted");
    expect((await ended(id)).error?.code).toBe("BUCKET_NOT_FOUND");
    expect(unfinished()).toHaveLength(1);
    await studio.client.transfers.cancel({ ids: [id] });
    expect(unfinished()).toEqual([]);
  });

  test("a studio that is closed in the middle continues at its next start, and requests nothing twice", async () => {
    put(MAR, notebookMar({}, largeModel(24 * MIB)));
    breaking({ kind: "cut", afterBytes: 12 * MIB }, 1);
    breaking({ kind: "wait", ms: 3000 }, 1);
    const id = await begin(MAR, "restarted");
    await until(id, ({ doneBytes }) => doneBytes > 4 * MIB);
    await studio.close();
    await studio.open();
    expect(await ended(id)).toMatchObject({ state: "done", modelId: "restarted" });
    expect(unfinished()).toEqual([]);
    const begun = service.requests.flatMap(({ key, range = "" }) => {
      const from = /^bytes=(\d+)-$/.exec(range)?.[1];
      return key === MAR && from !== undefined ? Number(from) : [];
    });
    expect(begun.filter((from) => from === 0)).toEqual([0]);
    expect(Math.min(...begun.slice(1))).toBeGreaterThan(4 * MIB);
  });
});
