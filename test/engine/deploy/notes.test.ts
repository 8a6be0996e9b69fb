import { expect, test } from "vitest";
import { type DeployDraft, deployDraftSchema } from "../../../engine/contract/deploy.ts";
import type { ConnectionFacts } from "../../../engine/deploy/access.ts";
import { deployment } from "../../../engine/deploy/manifests.ts";

const CONNECTION: ConnectionFacts = {
  name: "MinIO",
  endpoint: "https://minio.sd-proj.example",
  region: null,
  bucket: "models",
  hasCa: false,
};
const DRAFT = deployDraftSchema.parse({ connectionId: "c", path: "sd2/", name: "kt2" });

const notesOf = (change: Partial<DeployDraft>, connection: Partial<ConnectionFacts> = {}) =>
  deployment({ ...DRAFT, ...change }, { ...CONNECTION, ...connection }).notes;

test("the KServe example's deployment causes no notes", () => {
  expect(notesOf({})).toEqual([]);
});

test.each([
  ["a bucket on this computer", {}, { endpoint: "http://127.0.0.1:9000" }, /cannot reach it there/],
  ["one without a scheme", {}, { endpoint: "localhost:9000" }, /cannot reach it there/],
  ["a private CA", {}, { hasCa: true }, /trusted CA bundle/],
  ["a connection that is there", { writesConnection: false }, {}, /called aws-connection-minio/],
  ["serverless on OpenShift AI 3", { kserve: "0.15" }, {}, /choose Standard/],
  ["no token", { hasToken: false }, {}, /everybody who reaches the route/],
  ["a long wait for the first byte", { timeoutSeconds: "301" }, {}, /response-start-timeout/],
  ["a wait that the wrapper ends", { mode: "raw", timeoutSeconds: "601" }, {}, /waits 600 s/],
  [
    "little memory",
    { memoryRequest: "4Gi", memoryLimit: "4Gi" },
    {},
    /A memory limit of 4Gi is low/,
  ],
  ["no GPU", { gpus: "0" }, {}, /takes many minutes/],
  ["no replica at rest", { minReplicas: "0" }, {}, /loaded again/],
] as const)("%s is noted", (_, change, connection, words) => {
  const notes = notesOf(change, connection);
  expect(notes).toHaveLength(1);
  expect(notes[0]).toMatch(words);
});
