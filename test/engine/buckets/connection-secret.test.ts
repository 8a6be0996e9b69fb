import { assert, json, nat, property, string } from "fast-check";
import { expect, test } from "vitest";
import { secretConnection } from "../../../engine/buckets/connection-secret.ts";
import { StudioError } from "../../../engine/contract/errors.ts";

const base64 = (text: string): string => Buffer.from(text).toString("base64");

const DATA_CONNECTION = `
apiVersion: v1
kind: Secret
metadata:
  name: aws-connection-models
  labels:
    opendatahub.io/dashboard: "true"
  annotations:
    opendatahub.io/connection-type: s3
    openshift.io/display-name: My models
data:
  AWS_ACCESS_KEY_ID: ${base64("access")}
  AWS_SECRET_ACCESS_KEY: ${base64("secret")}
  AWS_S3_ENDPOINT: ${base64("https://minio.example\n")}
  AWS_DEFAULT_REGION: ${base64("us-east-2")}
  AWS_S3_BUCKET: ${base64("toys")}
type: Opaque
`;

const FIVE = {
  accessKey: "access",
  secretKey: "secret",
  endpoint: "https://minio.example",
  region: "us-east-2",
  bucket: "toys",
};

test("OpenShift AI's data connection, in base64", () => {
  expect(secretConnection(DATA_CONNECTION)).toEqual({ ...FIVE, name: "My models" });
});

test("the same among other documents, in a list, and not encoded", () => {
  const plain = `
kind: ConfigMap
data: { AWS_ACCESS_KEY_ID: no }
---
kind: List
items:
  - kind: Secret
    metadata: { name: aws-connection-models }
    stringData:
      AWS_ACCESS_KEY_ID: access
      AWS_SECRET_ACCESS_KEY: secret
      AWS_S3_ENDPOINT: https://minio.example
      AWS_DEFAULT_REGION: us-east-2
      AWS_S3_BUCKET: toys
`;
  expect(secretConnection(plain)).toEqual({ ...FIVE, name: "models" });
});

test("a Secret of KServe's, whose annotations name the endpoint", () => {
  const text = `
metadata:
  name: s3creds
  annotations:
    serving.kserve.io/s3-endpoint: minio.example:9000
    serving.kserve.io/s3-usehttps: "0"
    serving.kserve.io/s3-region: us-east-2
    serving.kserve.io/s3-usevirtualbucket: "1"
stringData: { AWS_ACCESS_KEY_ID: access, AWS_SECRET_ACCESS_KEY: secret }
`;
  expect(secretConnection(text)).toMatchObject({
    endpoint: "http://minio.example:9000",
    region: "us-east-2",
    pathStyle: "no",
  });
});

const entry = JSON.stringify({
  type: "s3",
  access_key_id: "access",
  secret_access_key: "secret",
  endpoint_url: "https://minio.example",
  bucket: "toys",
  region: "us-east-2",
});

test("storage-config with one connection, and with two", () => {
  const one = `kind: Secret\nstringData:\n  aws-connection-models: '${entry}'\n`;
  expect(secretConnection(one)).toEqual({ ...FIVE, name: "models" });
  expect(() => secretConnection(`${one}  other: '${entry}'\n`)).toThrow(
    "it holds several connections (aws-connection-models, other)",
  );
});

test.each([
  ["nothing", "", "it holds no AWS_ACCESS_KEY_ID"],
  ["another kind", "kind: Pod\n", "it holds no AWS_ACCESS_KEY_ID"],
  ["broken YAML", "a: 1\nb: [secret-canary\n", "its YAML is broken in line"],
  ["a bomb", `a: &a [x,x]\nb: &b [${"*a,".repeat(20)}]\nc: [${"*b,".repeat(20)}]`, "too often"],
])("%s is refused, and not quoted anywhere", (_, text, reason) => {
  expect(() => secretConnection(text)).toThrow(reason);
  expect(() => secretConnection(text)).not.toThrow("canary");
});

function attempt(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}

test("any other input is read or refused", () => {
  const read = (text: string): void => {
    const outcome = attempt(() => secretConnection(text));
    expect(outcome instanceof Error).toBe(outcome instanceof StudioError);
  };
  assert(property(string({ unit: "binary" }), read));
  const documents = json({ maxDepth: 4 }).map((text) => `kind: Secret\ndata: ${text}\n`);
  assert(property(documents, read));
  const cut = nat(DATA_CONNECTION.length).map((end) => DATA_CONNECTION.slice(0, end));
  assert(property(cut, read));
});
