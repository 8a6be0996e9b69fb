import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { assert, property, string } from "fast-check";
import { expect, test } from "vitest";
import { profileNames, readIni } from "../../../engine/buckets/aws-profiles.ts";
import { importedConnection } from "../../../engine/buckets/import-connection.ts";
import { refusal } from "../../fakes/refusal.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

const CREDENTIALS = `# a comment
[default]
aws_access_key_id = AKIADEFAULT
aws_secret_access_key = se/cret+=with=signs

[minio]
aws_access_key_id=access
aws_secret_access_key=secret
aws_session_token=token
`;

const CONFIG = `
[default]
region = eu-central-1
[profile minio]
region = us-east-2
services = local
s3 =
  addressing_style = path
  max_concurrent_requests = 20
request_checksum_calculation = when_required
[services local]
s3 =
  endpoint_url = http://127.0.0.1:9000
dynamodb =
  endpoint_url = http://127.0.0.1:8000
[profile single-sign-on]
sso_session = corp
[profile "quoted one"]
role_arn = arn:aws:iam::1:role/x
`;

function home(): { readonly HOME: string } {
  const folder = temporaryFolder();
  mkdirSync(join(folder, ".aws"));
  writeFileSync(join(folder, ".aws", "credentials"), CREDENTIALS);
  writeFileSync(join(folder, ".aws", "config"), CONFIG);
  return { HOME: folder };
}

const ofProfile = (profile: string) => ({ source: { kind: "profile" as const, profile } });

test("the profiles of both files are listed", async () => {
  expect(await profileNames(home())).toEqual(["default", "minio", "single-sign-on", "quoted one"]);
  expect(await profileNames({ HOME: temporaryFolder() })).toEqual([]);
});

test("a profile gives keys, endpoint, region and the service's own choices", async () => {
  expect(await importedConnection({ ...ofProfile("minio"), bucket: "toys" }, home())).toEqual({
    name: "minio",
    accessKey: "access",
    secretKey: "secret",
    sessionToken: "token",
    region: "us-east-2",
    endpoint: "http://127.0.0.1:9000",
    pathStyle: "yes",
    checksums: "when-required",
    bucket: "toys",
  });
});

test("a profile without an endpoint means AWS, in its region", async () => {
  expect(await importedConnection(ofProfile("default"), home())).toMatchObject({
    secretKey: "se/cret+=with=signs",
    endpoint: "https://s3.eu-central-1.amazonaws.com",
  });
});

test("a profile whose keys are elsewhere, and a missing one, are refused", async () => {
  for (const [profile, reason] of [
    ["single-sign-on", "it signs in by SSO and has no keys of its own"],
    ["quoted one", "it takes on a role and has no keys of its own"],
  ] as const) {
    await expect(importedConnection(ofProfile(profile), home())).rejects.toThrow(reason);
  }
  await expect(importedConnection(ofProfile("nobody"), home())).rejects.toEqual(
    refusal("NOT_FOUND"),
  );
});

test("a profile whose CA file is missing is refused", async () => {
  const { HOME } = home();
  const ca = join(HOME, "none.pem");
  writeFileSync(join(HOME, ".aws", "config"), `[default]\nregion = us-east-1\nca_bundle = ${ca}\n`);
  await expect(importedConnection(ofProfile("default"), { HOME })).rejects.toThrow(
    `No connection can be read from ${ca}: it is not there, or empty`,
  );
});

test("an invalid value is named", async () => {
  const source = { source: { kind: "environment" as const } };
  const env = {
    AWS_ACCESS_KEY_ID: "access",
    AWS_SECRET_ACCESS_KEY: "secret",
    AWS_S3_ENDPOINT: "https://minio.example",
    AWS_S3_BUCKET: "a/b",
  };
  await expect(importedConnection(source, env)).rejects.toThrow(
    "No connection can be read from the environment: its bucket cannot be used",
  );
});

test("the environment of an OpenShift AI workbench", async () => {
  const source = { source: { kind: "environment" as const } };
  const env = {
    AWS_ACCESS_KEY_ID: "access",
    AWS_SECRET_ACCESS_KEY: "secret",
    AWS_S3_ENDPOINT: "https://minio.example",
    AWS_DEFAULT_REGION: "us-east-2",
    AWS_S3_BUCKET: "toys",
  };
  expect(await importedConnection(source, env)).toMatchObject({
    accessKey: "access",
    secretKey: "secret",
    endpoint: "https://minio.example",
    region: "us-east-2",
    bucket: "toys",
  });
  await expect(importedConnection(source, {})).rejects.toThrow("it has no access key");
  const { AWS_S3_ENDPOINT: _e, AWS_DEFAULT_REGION: _r, ...little } = env;
  await expect(importedConnection(source, little)).rejects.toThrow(
    "it names neither an endpoint nor a region",
  );
});

test("any text is read as sections of texts", () => {
  assert(
    property(string({ unit: "binary" }), (text) => {
      for (const section of Object.values(readIni(text))) {
        for (const value of Object.values(section)) expect(typeof value).toBe("string");
      }
    }),
  );
  const { __proto__: own } = readIni("[__proto__]\nx = 1\n") as { __proto__: unknown };
  expect(Object.hasOwn(Object.prototype, "x")).toBe(false);
  expect(own).toBeDefined();
});
