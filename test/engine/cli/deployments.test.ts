import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { darkroom } from "../../fakes/command-line.ts";
import { FakeCluster } from "../../fakes/fake-cluster.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

const KEYS = { AWS_ACCESS_KEY_ID: "AKIDEPLOYMENT", AWS_SECRET_ACCESS_KEY: "a/very+secret/key" };

/** A cluster, a kubeconfig for it, and a folder of manifests. */
async function prepared() {
  const cluster = await FakeCluster.start();
  onTestFinished(() => cluster.stop());
  const folder = temporaryFolder();
  const kubeconfig = join(folder, "kubeconfig");
  const entry = { server: cluster.address, "insecure-skip-tls-verify": true };
  writeFileSync(
    kubeconfig,
    JSON.stringify({
      clusters: [{ name: "c", cluster: entry }],
      users: [{ name: "u", user: { token: cluster.token } }],
      contexts: [{ name: "here", context: { cluster: "c", user: "u", namespace: "sd-proj" } }],
      "current-context": "here",
    }),
  );
  const data = join(folder, "data");
  const manifests = join(folder, "kt2");
  const run = async (...args: readonly string[]) => {
    const env = { ...KEYS, KUBECONFIG: kubeconfig };
    return darkroom([...args, "--data-dir", data], { env });
  };
  await run(
    "bucket",
    "connect",
    "minio",
    "--endpoint",
    "http://minio.example",
    "--bucket",
    "models",
  );
  const asked = ["--name", "kt2", "--with-keys", "--out", manifests];
  await run("deploy", "manifests", "minio/stable-diffusion/", ...asked);
  return { cluster, manifests, run };
}

test("deploy: a dry run changes nothing, nothing is applied unasked, and what was applied is removed again", async () => {
  const { cluster, manifests, run } = await prepared();
  const dry = await run("deploy", "apply", manifests, "--dry-run");
  expect([dry.code, dry.out], dry.err).toEqual([
    0,
    expect.stringContaining("InferenceService kt2 would be created"),
  ]);
  const unasked = await run("deploy", "apply", manifests);
  expect([unasked.code, unasked.err]).toEqual([1, expect.stringContaining("Nothing was applied")]);
  expect(cluster.objects.size).toBe(0);

  const applied = await run("deploy", "apply", manifests, "--yes", "--no-wait", "--json");
  expect(applied.code, applied.err).toBe(0);
  expect(JSON.parse(applied.out.trim().split("\n").at(-1) ?? "")).toEqual({
    type: "done",
    isApplied: true,
  });
  expect(applied.out + applied.err).not.toContain(cluster.token);
  expect(applied.out + applied.err).not.toContain(KEYS.AWS_SECRET_ACCESS_KEY);
  expect(cluster.get("inferenceservices", "kt2")).toBeDefined();

  expect((await run("deploy", "list")).out).toContain("kt2 (serverless, at least 1)");
  expect((await run("deploy", "scale", "kt2", "--to", "0")).err).toContain("next request");
  expect((await run("deploy", "remove", "kt2")).err).toContain("Add --yes");
  expect(cluster.objects.size).toBe(7);
  expect((await run("deploy", "remove", "kt2", "--yes")).code).toBe(0);
  expect(cluster.objects.size).toBe(0);
  const gone = await run("deploy", "status", "kt2");
  expect([gone.code, gone.err]).toEqual([1, expect.stringContaining("NOT_FOUND")]);
}, 120_000);

test("deploy apply waits until the model answers, and adds its endpoint", async () => {
  const { cluster, manifests, run } = await prepared();
  cluster.interrupt = ({ path }) => {
    // A controller that finishes as soon as the events are read.
    const service = cluster.get("inferenceservices", "kt2");
    if (!path.endsWith("/events") || service?.["status"] !== undefined) return undefined;
    cluster.merge("inferenceservices", "kt2", {
      metadata: { annotations: { "security.opendatahub.io/enable-auth": null } },
      status: {
        url: "http://127.0.0.1:9",
        conditions: [{ type: "Ready", status: "True" }],
      },
    });
    return undefined;
  };
  const applied = await run("deploy", "apply", manifests, "--yes");
  expect([applied.code, applied.err], applied.out).toEqual([
    0,
    expect.stringContaining("the endpoint was added"),
  ]);
  expect((await run("endpoints", "list")).out).toContain("kt2");
}, 120_000);
