import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { ConfigProperties } from "../../engine/archive/config-properties.ts";
import { disagreements } from "../../engine/archive/serving-form.ts";
import { findModel, openArchive } from "../../engine/archive-files/archive.ts";
import type { Transfer } from "../../engine/contract/transfers.ts";
import { refusal } from "../fakes/refusal.ts";
import { S3Server, type S3Request } from "../fakes/s3/s3-server.ts";
import { temporaryFolder } from "../fakes/temporary-folder.ts";
import { StudioUnderTest } from "./studio-under-test.ts";
import { TRANSPORTS } from "./transports.ts";

const TINY = resolve("test/golden/tiny-sd2-v/snapshot");
const MAR = "sd/model-store/sd.mar";
const CONFIG = "sd/config/config.properties";

describe.each(TRANSPORTS)("publishing models, $name", (transport) => {
  const studio = StudioUnderTest.over(transport);
  let service: S3Server;
  let connectionId: string;
  beforeAll(async () => {
    service = await S3Server.start();
    service.bucket("models");
    const { id } = await studio.client.buckets.connect({
      name: "fake",
      endpoint: service.origin,
      bucket: "models",
      accessKey: service.accessKey,
      secretKey: service.secretKey,
      pathStyle: "yes",
    });
    connectionId = id;
  });
  afterAll(() => service.close());
  beforeEach(() => {
    for (const key of service.bucket("models").keys()) service.bucket("models").remove(key);
    service.requests.length = 0;
    service.troubles.length = 0;
  });

  const bytesOf = (key: string): Buffer => service.bucket("models").get(key).bytes;

  async function published(): Promise<Transfer> {
    const request = { model: TINY, connectionId, name: "sd" };
    const { transferId } = await studio.client.buckets.publish(request);
    return vi.waitFor(
      async () => {
        const found = (await studio.client.transfers.list()).find(({ id }) => id === transferId);
        if (found === undefined || found.state === "running" || found.state === "waiting") {
          throw new Error(JSON.stringify(found));
        }
        return found;
      },
      { timeout: 50_000, interval: 20 },
    );
  }

  test("archive and configuration have the notebook's layout, and match", async () => {
    const { state, note, error } = await published();
    expect([state, note, error]).toEqual(["done", "path to enter in OpenShift AI: sd/", undefined]);
    expect(service.bucket("models").keys()).toEqual([CONFIG, MAR]);
    const file = join(temporaryFolder(), "sd.mar");
    writeFileSync(file, bytesOf(MAR));
    const archive = await openArchive(file);
    expect((await findModel(archive)).zip).toBe("model.zip");
    const config = ConfigProperties.parse(bytesOf(CONFIG));
    const { model } = archive.manifest;
    expect(disagreements(config, { marName: "sd.mar", model })).toEqual([]);
    const { checks, ...found } = await studio.client.buckets.check({ connectionId, prefix: "sd" });
    expect(found).toEqual({ path: "sd/", archiveKey: MAR, configKey: CONFIG, modelNames: ["sd"] });
    const odd = checks.filter(({ outcome }) => outcome !== "ok");
    expect(odd.map(({ name, outcome }) => `${outcome} ${name}`)).toEqual([
      "warning path",
      "warning timeouts",
    ]);
  });

  test("a folder whose name starts the same is reported", async () => {
    service.bucket("models").put("sd-xl/model-store/sd-xl.mar", { bytes: Buffer.from("x") });
    expect(await published()).toMatchObject({
      state: "done",
      note: expect.stringContaining("sd-xl/ begins the same"),
    });
  });

  test("a bucket that returns different bytes is refused", async () => {
    for (const key of [MAR, CONFIG]) {
      const hits = (request: S3Request): boolean => request.method === "PUT" && request.key === key;
      service.troubles.push({ hits, times: 1, does: { kind: "corrupt" } });
      expect(await published()).toMatchObject({
        state: "failed",
        error: { code: "OBJECT_DIFFERS", details: { key, reason: "its content does not match" } },
      });
    }
  });

  test("what differs only when it is read back is sent again at the next try", async () => {
    const spoil = (key: string): void => {
      service.troubles.push({
        hits: (request) => {
          const isRead = request.method === "GET" && request.key === key;
          if (isRead) service.bucket("models").put(key, { bytes: Buffer.from("a stranger's") });
          return isRead;
        },
        times: 1,
        does: { kind: "wait", ms: 0 },
      });
    };
    for (const key of [MAR, CONFIG]) {
      spoil(key);
      expect(await published()).toMatchObject({
        state: "failed",
        error: { code: "OBJECT_DIFFERS", details: { key } },
      });
      service.requests.length = 0;
      expect(await published()).toMatchObject({ state: "done" });
      const sent = service.requests.filter(({ method }) => method === "PUT");
      expect(sent.map((request) => request.key)).toEqual([key]);
    }
  });

  test("a name that TorchServe does not accept, and a missing connection, are refused at once", async () => {
    const { publish } = studio.client.buckets;
    await expect(publish({ model: join(TINY, ".."), connectionId: "none" })).rejects.toEqual(
      refusal("NOT_FOUND"),
    );
    for (const named of [{ model: "/tmp/red house" }, { model: TINY, name: "sd-2.1" }]) {
      await expect(publish({ ...named, connectionId })).rejects.toEqual(refusal("REQUEST_INVALID"));
    }
    expect(service.requests).toEqual([]);
  });
});
