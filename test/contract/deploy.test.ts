import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { refusal } from "../fakes/refusal.ts";
import { temporaryFolder } from "../fakes/temporary-folder.ts";
import { StudioUnderTest } from "./studio-under-test.ts";
import { TRANSPORTS } from "./transports.ts";

const KEYS = { accessKey: "AKIDEPLOYMENT", secretKey: "a/very+secret/key" };

describe.each(TRANSPORTS)("deployments, $name", (transport) => {
  const studio = StudioUnderTest.over(transport);
  let connectionId: string;
  let emptyId: string;
  beforeAll(async () => {
    const { connect } = studio.client.buckets;
    const endpoint = "https://minio.sd-proj.example";
    connectionId = (await connect({ ...KEYS, name: "MinIO", endpoint, bucket: "models" })).id;
    emptyId = (await connect({ ...KEYS, name: "no bucket", endpoint })).id;
  });

  const sound = () => ({ connectionId, path: "stable-diffusion/", name: "kt2" });

  test("a form becomes manifests, without the keys", async () => {
    const { faults, files } = await studio.client.deploy.manifests(sound());
    expect(faults).toEqual([]);
    expect(files.map(({ name }) => name)).toEqual([
      "1-connection.yaml",
      "2-token.yaml",
      "3-serving-runtime.yaml",
      "4-inference-service.yaml",
      "Containerfile",
    ]);
    expect(files[0]?.text).toContain("AWS_S3_BUCKET: models");
    expect(JSON.stringify(files)).not.toContain(KEYS.secretKey);
  });

  test("an invalid field is reported at the field", async () => {
    const wrong = { ...sound(), name: "KT_3", memoryLimit: "10GB" };
    const { faults, files } = await studio.client.deploy.manifests(wrong);
    expect(faults.map(({ field, error }) => [field, error.code])).toEqual([
      ["name", "DEPLOY_NAME_INVALID"],
      ["memoryLimit", "DEPLOY_QUANTITY_INVALID"],
    ]);
    expect(files).toEqual([]);
    const saving = studio.client.deploy.save({ ...wrong, folder: temporaryFolder() });
    await expect(saving).rejects.toEqual(refusal("DEPLOY_NAME_INVALID"));
  });

  test("keys are written on request, readable only by the owner", async () => {
    const folder = join(temporaryFolder(), "kt2");
    const saved = await studio.client.deploy.save({ ...sound(), folder, withKeys: true });
    expect(
      readdirSync(folder)
        .toSorted()
        .map((name) => join(folder, name)),
    ).toEqual(saved.paths);
    const path = join(folder, "1-connection.yaml");
    const secret = parse(readFileSync(path, "utf8")) as { stringData: Record<string, string> };
    expect(secret.stringData).toMatchObject({
      AWS_ACCESS_KEY_ID: KEYS.accessKey,
      AWS_SECRET_ACCESS_KEY: KEYS.secretKey,
    });
    // Windows does not store such permissions.
    const mode = process.platform === "win32" ? 0o600 : statSync(path).mode & 0o777;
    expect(mode).toBe(0o600);
    expect(JSON.stringify(saved)).not.toContain(KEYS.secretKey);
  });

  test("existing files stay, unless they are to be replaced", async () => {
    const folder = temporaryFolder();
    await studio.client.deploy.save({ ...sound(), folder });
    const again = studio.client.deploy.save({ ...sound(), folder, gpus: "0" });
    await expect(again).rejects.toEqual(refusal("OUTPUT_EXISTS"));
    await studio.client.deploy.save({ ...sound(), folder, gpus: "0", force: true });
    const service = readFileSync(join(folder, "4-inference-service.yaml"), "utf8");
    expect(service).not.toContain("nvidia.com/gpu");
  });

  test("a folder must be a full path that can be written", async () => {
    const relative = studio.client.deploy.save({ ...sound(), folder: "kt2" });
    await expect(relative).rejects.toEqual(refusal("REQUEST_INVALID"));
    const within = studio.client.deploy.save({ ...sound(), folder: join(process.execPath, "kt2") });
    await expect(within).rejects.toEqual(refusal("DEPLOY_UNWRITABLE"));
  });

  test("a connection without a bucket takes one, and needs it", async () => {
    const place = { ...sound(), connectionId: emptyId };
    await expect(studio.client.deploy.manifests(place)).rejects.toEqual(
      refusal("BUCKET_NOT_CHOSEN"),
    );
    const { files } = await studio.client.deploy.manifests({ ...place, bucket: "other" });
    expect(files[0]?.text).toContain("AWS_S3_BUCKET: other");
  });
});
