import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Deployment, WatchedDeployment } from "../../engine/contract/deployments.ts";
import { FakeCluster, type KubeObject, status } from "../fakes/fake-cluster.ts";
import { refusal } from "../fakes/refusal.ts";
import { temporaryFolder } from "../fakes/temporary-folder.ts";
import { StudioUnderTest } from "./studio-under-test.ts";
import { TRANSPORTS } from "./transports.ts";

const KEYS = { accessKey: "AKIDEPLOYMENT", secretKey: "a/very+secret/key" };
const SERVICES = "/apis/serving.kserve.io/v1beta1/namespaces/sd-proj/inferenceservices";
const URL_THERE = "https://kt2-sd-proj.apps.cluster.example.com";
/** Like a real token: its subject is the service's account. */
const TOKEN = `${btoa('{"alg":"RS256"}')}.${btoa('{"sub":"system:serviceaccount:sd-proj:kt2-sa"}')}.c2ln`;

function ready(url = URL_THERE): object {
  return {
    status: { url, conditions: [{ type: "Ready", status: "True" }], observedGeneration: 1 },
  };
}

function tokenSecret(token: string): KubeObject {
  return {
    metadata: {
      name: "default-name-kt2-sa",
      annotations: { "kubernetes.io/service-account.name": "kt2-sa" },
    },
    type: "kubernetes.io/service-account-token",
    data: { token: btoa(token) },
  };
}

describe.each(TRANSPORTS)("deployments in a cluster, $name", (transport) => {
  const studio = StudioUnderTest.over(transport);
  let cluster: FakeCluster;
  let clusterId: string;
  let connectionId: string;

  beforeAll(async () => {
    const { connect } = studio.client.buckets;
    const endpoint = "https://minio.sd-proj.example";
    connectionId = (await connect({ ...KEYS, name: "MinIO", endpoint, bucket: "models" })).id;
  });
  beforeEach(async () => {
    cluster = await FakeCluster.start();
    const { address, token } = cluster;
    const added = { kind: "token" as const, address, token, namespace: "sd-proj" };
    clusterId = (await studio.client.clusters.connect(added)).id;
    return async () => {
      await studio.client.clusters.disconnect({ id: clusterId });
      for (const { id } of await studio.client.endpoints.list())
        await studio.client.endpoints.remove({ id });
      await cluster.stop();
    };
  });

  const source = (change: object = {}) => ({
    clusterId,
    draft: { connectionId, path: "stable-diffusion/", name: "kt2", ...change },
  });
  const place = (name = "kt2") => ({ clusterId, namespace: "sd-proj", name });
  const applied = () => studio.client.deploy.apply(source());

  test("a cluster is saved without its token, and tested", async () => {
    const [kept] = (await studio.client.clusters.list()).slice(-1);
    expect(kept).toMatchObject({ kind: "token", address: cluster.address, namespace: "sd-proj" });
    expect(JSON.stringify(kept)).not.toContain(cluster.token);
    const check = await studio.client.clusters.test({ id: clusterId });
    expect(check).toMatchObject({
      state: "ready",
      version: "v1.34.2",
      hasKServe: true,
      isOpenShift: false,
      namespaces: ["sd-proj"],
      missing: [],
    });
  });

  test("a dry run reports what would be created, and changes nothing", async () => {
    const told = await studio.client.deploy.dryRun(source());
    expect(told.isSound).toBe(true);
    expect(told.place).toEqual(place());
    expect(told.objects.map(({ kind, outcome }) => [kind, outcome])).toEqual([
      ["Secret", "created"],
      ["Secret", "created"],
      ["ServiceAccount", "created"],
      ["Role", "created"],
      ["RoleBinding", "created"],
      ["ServingRuntime", "created"],
      ["InferenceService", "created"],
    ]);
    expect(cluster.objects.size).toBe(0);
    expect(JSON.stringify(told)).not.toContain(KEYS.secretKey);
  });

  test("applying sends the keys and marks everything as ours; applying again changes nothing", async () => {
    expect(await applied()).toMatchObject({ isApplied: true, isSound: true });
    const secret = cluster.get("secrets", "aws-connection-minio");
    expect(secret?.["data"]).toMatchObject({ AWS_SECRET_ACCESS_KEY: btoa(KEYS.secretKey) });
    for (const { metadata } of cluster.objects.values()) {
      expect(metadata["labels"]).toMatchObject({ "app.kubernetes.io/managed-by": "darkroom" });
    }
    const again = await studio.client.deploy.dryRun(source());
    expect(again.objects.every(({ outcome }) => outcome === "unchanged")).toBe(true);
    const patch = cluster.asked.find(({ method }) => method === "PATCH");
    expect(Object.fromEntries(patch?.query ?? [])).toMatchObject({
      fieldManager: "darkroom",
      fieldValidation: "Strict",
    });
  });

  test("what would change is reported by path, and without the value in a Secret", async () => {
    await applied();
    cluster.merge("secrets", "aws-connection-minio", {
      data: { AWS_SECRET_ACCESS_KEY: btoa("another") },
    });
    const { objects } = await studio.client.deploy.dryRun(source({ minReplicas: "0" }));
    const [secret] = objects;
    expect(secret?.changes).toEqual([
      { path: "data.AWS_SECRET_ACCESS_KEY", before: "(hidden)", after: "(hidden)" },
    ]);
    expect(objects.at(-1)?.changes).toEqual([
      { path: "spec.predictor.minReplicas", before: "1", after: "0" },
    ]);
  });

  test("the cluster's runtime is applied without a project, and stays when the deployment goes", async () => {
    const forAll = source({ runtime: "darkroom", runtimeScope: "cluster", image: "mine:1" });
    const { objects, isApplied } = await studio.client.deploy.apply(forAll);
    expect(isApplied).toBe(true);
    expect(objects.find(({ kind }) => kind === "ClusterServingRuntime")).toMatchObject({
      name: "darkroom",
      namespace: "",
      outcome: "created",
    });
    const path = "/apis/serving.kserve.io/v1alpha1/clusterservingruntimes/darkroom";
    const labels = cluster.objects.get(path)?.metadata["labels"];
    expect(labels).toEqual({ "app.kubernetes.io/managed-by": "darkroom" });
    const { objects: removed } = await studio.client.deploy.remove({ ...place(), dryRun: false });
    expect(removed.map(({ kind }) => kind)).not.toContain("ClusterServingRuntime");
    expect([...cluster.objects.keys()]).toEqual([path]);
  });

  test("without an administrator's rights the cluster's runtime stays, if there is one", async () => {
    const forAll = source({ runtime: "darkroom", runtimeScope: "cluster", image: "mine:1" });
    const path = "/apis/serving.kserve.io/v1alpha1/clusterservingruntimes/darkroom";
    cluster.interrupt = (asked) =>
      asked.method === "PATCH" && asked.path === path
        ? status(
            403,
            'clusterservingruntimes.serving.kserve.io "darkroom" is forbidden: User "jane" cannot patch resource "clusterservingruntimes" in API group "serving.kserve.io" at the cluster scope',
          )
        : undefined;
    const refused = await studio.client.deploy.apply(forAll);
    expect(refused.isApplied).toBe(false);
    expect(refused.objects.find(({ outcome }) => outcome === "refused")?.error).toMatchObject({
      code: "CLUSTER_ADMIN_NEEDED",
      message: expect.stringContaining("The account jane may not patch clusterservingruntimes"),
    });
    cluster.put(path, { metadata: { name: "darkroom" } });
    const { objects, isApplied } = await studio.client.deploy.apply(forAll);
    expect(isApplied).toBe(true);
    expect(objects.find(({ kind }) => kind === "ClusterServingRuntime")).toMatchObject({
      outcome: "unchanged",
      warnings: [expect.stringContaining("Only a cluster administrator")],
    });
  });

  test("fields of another client are a conflict that names them, and are overwritten with force", async () => {
    cluster.interrupt = ({ method, path, query }) => {
      if (method !== "PATCH" || !path.includes("inferenceservices")) return undefined;
      if (query.get("force") === "true") return undefined;
      return status(409, "Apply failed with 1 conflict", {
        causes: [
          {
            reason: "FieldManagerConflict",
            message: 'conflict with "kubectl-edit" using serving.kserve.io/v1beta1',
            field: ".spec.predictor.minReplicas",
          },
        ],
      });
    };
    const { objects, isApplied } = await applied();
    expect(isApplied).toBe(false);
    expect(objects.at(-1)).toMatchObject({
      outcome: "refused",
      conflicts: [{ manager: "kubectl-edit", path: "spec.predictor.minReplicas" }],
      error: { code: "CLUSTER_CONFLICT" },
    });
    // Nothing was applied, not even the valid objects.
    expect(cluster.objects.size).toBe(0);
    const forced = await studio.client.deploy.apply({ ...source(), force: true });
    expect(forced.isApplied).toBe(true);
  });

  test("fields that scaling changed do not conflict with ourselves", async () => {
    let tries = 0;
    cluster.interrupt = ({ method, path, query }) => {
      if (method !== "PATCH" || !path.includes("inferenceservices")) return undefined;
      if (query.get("force") === "true") return undefined;
      tries++;
      const message = 'conflict with "darkroom" using serving.kserve.io/v1beta1';
      const cause = { reason: "FieldManagerConflict", message, field: ".spec.x" };
      return status(409, "Apply failed", { causes: [cause] });
    };
    expect(await applied()).toMatchObject({ isApplied: true });
    expect(tries).toBe(2);
  });

  test.each([
    [
      "a field that the schema lacks",
      status(
        500,
        "failed to create typed patch object (/kt2; serving.kserve.io/v1beta1, Kind=InferenceService): .spec.predictor.timeOut: field not declared in schema",
      ),
      "CLUSTER_OBJECT_INVALID",
      [{ path: "spec.predictor.timeOut", reason: "field not declared in schema" }],
    ],
    [
      "a value of another type",
      status(422, 'InferenceService.serving.kserve.io "kt2" is invalid: spec: no integer', {
        causes: [
          {
            reason: "FieldValueTypeInvalid",
            message: "no integer",
            field: "spec.predictor.minReplicas",
          },
        ],
      }),
      "CLUSTER_OBJECT_INVALID",
      [{ path: "spec.predictor.minReplicas", reason: "no integer", field: "minReplicas" }],
    ],
    [
      "a webhook",
      status(
        400,
        'admission webhook "inferenceservice.kserve-webhook-server.validator" denied the request: the name is too long.',
      ),
      "CLUSTER_WEBHOOK",
      [],
    ],
    [
      "a quota",
      status(
        403,
        'inferenceservices "kt2" is forbidden: exceeded quota: small, requested: count=1, used: count=3, limited: count=3',
      ),
      "CLUSTER_QUOTA",
      [],
    ],
    [
      "a missing permission",
      status(
        403,
        'inferenceservices.serving.kserve.io "kt2" is forbidden: User "ada" cannot patch resource "inferenceservices" in API group "serving.kserve.io" in the namespace "sd-proj"',
      ),
      "CLUSTER_DENIED",
      [],
    ],
  ])("%s is reported at its object", async (_, reply, code, faults) => {
    cluster.interrupt = ({ method, path }) =>
      method === "PATCH" && path.includes("inferenceservices") ? reply : undefined;
    const { objects, isSound } = await studio.client.deploy.dryRun(source());
    expect(isSound).toBe(false);
    expect(objects.at(-1)).toMatchObject({ outcome: "refused", error: { code }, faults });
  });

  test("warnings of the cluster are reported", async () => {
    cluster.interrupt = ({ method, path, body }) =>
      method === "PATCH" && path.includes("inferenceservices")
        ? { status: 201, body, warnings: ['unknown field "spec.x", \\ ignored'] }
        : undefined;
    const { objects } = await studio.client.deploy.dryRun(source());
    expect(objects.at(-1)?.warnings).toEqual(['unknown field "spec.x", \\ ignored']);
  });

  test.each([
    ["an expired token", () => status(401, "Unauthorized"), "CLUSTER_TOKEN_REFUSED"],
    ["no KServe", () => ({ status: 404, body: "404 page not found\n" }), "CLUSTER_WITHOUT_KSERVE"],
    ["a busy API", () => status(429, "too many requests"), "CLUSTER_BUSY"],
    ["a login page", () => ({ status: 200, body: "<html>Log in</html>" }), "CLUSTER_REPLY_INVALID"],
    ["half a JSON", () => ({ status: 200, body: '{"kind":' }), "CLUSTER_REPLY_INVALID"],
  ])("of the cluster: %s", async (_, reply, code) => {
    cluster.interrupt = ({ path }) => (path.includes("kserve.io") ? reply() : undefined);
    await expect(studio.client.deploy.dryRun(source())).rejects.toEqual(refusal(code as never));
  });

  test("a missing project, and a cluster that does not answer", async () => {
    const elsewhere = studio.client.deploy.dryRun(source({ namespace: "sd-other" }));
    await expect(elsewhere).rejects.toEqual(refusal("CLUSTER_NAMESPACE_MISSING"));
    await cluster.stop();
    await expect(studio.client.deploy.list(place())).rejects.toEqual(
      refusal("CLUSTER_UNREACHABLE"),
    );
    const check = await studio.client.clusters.test({ id: clusterId });
    expect(check).toMatchObject({ state: "failed", error: { code: "CLUSTER_UNREACHABLE" } });
  });

  test("only a deployment's form or YAML is applied", async () => {
    await expect(studio.client.deploy.apply(source({ name: "KT_3" }))).rejects.toEqual(
      refusal("DEPLOY_NAME_INVALID"),
    );
    const yaml = "apiVersion: v1\nkind: Namespace\nmetadata: { name: x }\n";
    await expect(studio.client.deploy.apply({ clusterId, yaml })).rejects.toEqual(
      refusal("CLUSTER_MANIFEST_INVALID"),
    );
  });

  /** What a watch reports until `isEnough`. */
  async function heard(
    isEnough: (all: readonly WatchedDeployment[]) => boolean,
    meanwhile: (last: WatchedDeployment) => void = () => {},
  ): Promise<WatchedDeployment[]> {
    const leave = new AbortController();
    const all: WatchedDeployment[] = [];
    const stream = await studio.client.deploy.watch(place(), { signal: leave.signal });
    for await (const one of stream) {
      all.push(one);
      if (isEnough(all)) break;
      meanwhile(one);
    }
    leave.abort();
    return all;
  }

  test("a watch reports the states until it is ready, and adds the endpoint with its token", async () => {
    await applied();
    const all = await heard(
      (told) => told.at(-1)?.type === "endpoint",
      () => {
        cluster.put("/api/v1/namespaces/sd-proj/secrets/default-name-kt2-sa", tokenSecret(TOKEN));
        cluster.put("/api/v1/namespaces/sd-proj/configmaps/kube-root-ca.crt", {
          metadata: { name: "kube-root-ca.crt" },
          data: {},
        });
        cluster.merge("inferenceservices", "kt2", ready());
      },
    );
    const states = all.flatMap((one) => (one.type === "state" ? [one.deployment] : []));
    expect(states[0]?.state.outlook).not.toBe("ready");
    expect(states.at(-1)).toMatchObject({
      url: URL_THERE,
      isOurs: true,
      state: { state: "ready" },
    });
    const [endpoint] = await studio.client.endpoints.list();
    expect(endpoint).toMatchObject({
      name: "kt2",
      url: URL_THERE,
      hasToken: true,
      tokenSubject: "system:serviceaccount:sd-proj:kt2-sa",
    });
    expect(JSON.stringify(all)).not.toContain(TOKEN);
    const [listed] = await studio.client.deploy.list(place());
    expect(listed?.endpointId).toBe(endpoint?.id);
    // A second call adds no other endpoint.
    expect(await studio.client.deploy.addEndpoint(place())).toEqual({ endpointId: endpoint?.id });
  });

  test("a watch starts again after it ended and after its version expired, and ends when the deployment is deleted", async () => {
    await applied();
    let step = 0;
    const all = await heard(
      (told) => told.at(-1)?.type === "gone",
      () => {
        step++;
        if (step === 1) {
          cluster.endWatches({ type: "ERROR", object: { code: 410, reason: "Expired" } });
          cluster.merge("inferenceservices", "kt2", {
            metadata: { annotations: { "openshift.io/display-name": "Another name" } },
          });
        } else cluster.objects.delete(`${SERVICES}/kt2`);
      },
    );
    expect(all.map(({ type }) => type)).toEqual(["state", "state", "gone"]);
    const last = all[1] as { readonly deployment: Deployment };
    expect(last.deployment.displayName).toBe("Another name");
    expect(step).toBe(2);
  });

  test("a watch ends with the error once the cluster does not accept the token any more", async () => {
    await applied();
    const all = await heard(
      (told) => told.length > 1,
      () => {
        cluster.interrupt = () => status(401, "Unauthorized");
        cluster.endWatches();
      },
    );
    expect(all.at(-1)).toMatchObject({ type: "failed", error: { code: "CLUSTER_TOKEN_REFUSED" } });
    cluster.interrupt = () => undefined;
  });

  test("nothing cannot be watched", async () => {
    const watching = async () => {
      for await (const _ of await studio.client.deploy.watch(place("nothing"))) break;
    };
    await expect(watching()).rejects.toEqual(refusal("NOT_FOUND"));
  });

  test("logs are the last lines of both containers", async () => {
    await applied();
    cluster.put("/api/v1/namespaces/sd-proj/pods/kt2-pod", {
      metadata: {
        name: "kt2-pod",
        labels: { "serving.kserve.io/inferenceservice": "kt2" },
        creationTimestamp: "2026-11-29T10:00:00Z",
      },
      status: {
        initContainerStatuses: [{ name: "storage-initializer", state: { terminated: {} } }],
        containerStatuses: [{ name: "kserve-container", state: { running: {} } }],
      },
    });
    cluster.logs.set("storage-initializer", "Copying contents of s3://models to local\n");
    cluster.logs.set("kserve-container", "one\ntwo\n");
    const lines = await studio.client.deploy.logs(place());
    expect(lines.map(({ container, text }) => [container, text])).toEqual([
      ["storage-initializer", "Copying contents of s3://models to local"],
      ["kserve-container", "one"],
      ["kserve-container", "two"],
    ]);
    const log = cluster.asked.find(({ path }) => path.endsWith("/log"));
    expect(log?.query.get("tailLines")).toBe("100");
    expect(log?.query.get("limitBytes")).toBe("262144");
  });

  test("a serverless deployment scales to 0 and back", async () => {
    await applied();
    const { notes } = await studio.client.deploy.scale({ ...place(), to: 0 });
    expect(notes.join()).toContain("next request");
    const predictor = () => cluster.get("inferenceservices", "kt2")?.["spec"] as object;
    expect(predictor()).toMatchObject({ predictor: { minReplicas: 0, maxReplicas: 1 } });
    await studio.client.deploy.scale({ ...place(), to: 2 });
    expect(predictor()).toMatchObject({ predictor: { minReplicas: 2, maxReplicas: 2 } });
  });

  test("a raw one is stopped with its Deployment, and starts again", async () => {
    await studio.client.deploy.apply(source({ mode: "raw" }));
    const path = "/apis/apps/v1/namespaces/sd-proj/deployments/kt2-predictor";
    cluster.put(path, { metadata: { name: "kt2-predictor" }, spec: { replicas: 1 } });
    await studio.client.deploy.scale({ ...place(), to: 0 });
    const stop = () => cluster.get("inferenceservices", "kt2")?.metadata["annotations"] as object;
    expect(stop()).toMatchObject({ "serving.kserve.io/stop": "true" });
    expect(cluster.get("deployments", "kt2-predictor")).toMatchObject({ spec: { replicas: 0 } });
    await studio.client.deploy.scale({ ...place(), to: 1 });
    expect(stop()).not.toHaveProperty("serving.kserve.io/stop");
    expect(cluster.get("deployments", "kt2-predictor")).toMatchObject({ spec: { replicas: 1 } });
  });

  test("redeploying makes another revision", async () => {
    await applied();
    await studio.client.deploy.redeploy(place());
    const first = JSON.stringify(cluster.get("inferenceservices", "kt2")?.["spec"]);
    expect(first).toContain("darkroom/redeployed-at");
    await delay(5);
    await studio.client.deploy.redeploy(place());
    expect(JSON.stringify(cluster.get("inferenceservices", "kt2")?.["spec"])).not.toBe(first);
  });

  test("removing deletes only what was applied, and asks first", async () => {
    await applied();
    const own = cluster.objects.size;
    cluster.put("/api/v1/namespaces/sd-proj/secrets/of-somebody", {
      metadata: { name: "of-somebody" },
    });
    const would = await studio.client.deploy.remove({ ...place(), dryRun: true });
    expect(would.objects).toHaveLength(own);
    expect(would.objects[0]).toEqual({ kind: "InferenceService", name: "kt2", outcome: "removed" });
    expect(cluster.objects.size).toBe(own + 1);
    await studio.client.deploy.remove({ ...place(), dryRun: false });
    expect([...cluster.objects.keys()]).toEqual(["/api/v1/namespaces/sd-proj/secrets/of-somebody"]);
    await expect(studio.client.deploy.remove({ ...place(), dryRun: false })).rejects.toEqual(
      refusal("NOT_FOUND"),
    );
  });

  test("a connection that another deployment uses is kept", async () => {
    await applied();
    await studio.client.deploy.apply(source({ name: "kt3" }));
    const { objects } = await studio.client.deploy.remove({ ...place(), dryRun: false });
    expect(objects.filter(({ outcome }) => outcome === "kept")).toEqual([
      {
        kind: "Secret",
        name: "aws-connection-minio",
        outcome: "kept",
        reason: "The deployment kt3 uses it, too.",
      },
    ]);
    expect(cluster.get("secrets", "aws-connection-minio")).toBeDefined();
    await studio.client.deploy.remove({ ...place("kt3"), dryRun: false });
    expect(cluster.objects.size).toBe(0);
  });

  test("deployments of others are listed, but neither scaled nor removed", async () => {
    cluster.put(`${SERVICES}/theirs`, {
      metadata: { name: "theirs", namespace: "sd-proj" },
      spec: { predictor: { model: {} } },
    });
    await applied();
    const listed = await studio.client.deploy.list(place());
    expect(listed.map(({ name, isOurs }) => [name, isOurs])).toEqual([
      ["kt2", true],
      ["theirs", false],
    ]);
    for (const work of [
      studio.client.deploy.scale({ ...place("theirs"), to: 0 }),
      studio.client.deploy.redeploy(place("theirs")),
      studio.client.deploy.remove({ ...place("theirs"), dryRun: false }),
    ]) {
      await expect(work).rejects.toEqual(refusal("DEPLOYMENT_NOT_OURS"));
    }
  });

  test("applying over a deployment of others says so, and does not claim it", async () => {
    cluster.put("/api/v1/namespaces/sd-proj/secrets/aws-connection-minio", {
      metadata: { name: "aws-connection-minio" },
    });
    const { objects } = await applied();
    expect(objects[0]?.warnings.join()).toContain("not applied by Darkroom");
    expect(cluster.get("secrets", "aws-connection-minio")?.metadata["labels"]).not.toHaveProperty([
      "app.kubernetes.io/managed-by",
    ]);
    await studio.client.deploy.remove({ ...place(), dryRun: false });
    expect([...cluster.objects.keys()]).toHaveLength(1);
  });

  test("a kubeconfig's contexts are listed, and one of them becomes a cluster", async () => {
    const path = join(temporaryFolder(), "config");
    const text = {
      apiVersion: "v1",
      kind: "Config",
      "current-context": "here",
      clusters: [
        { name: "c", cluster: { server: cluster.address, "insecure-skip-tls-verify": true } },
      ],
      users: [
        { name: "u", user: { token: cluster.token } },
        { name: "p", user: { exec: { command: "touch", args: [`${path}.ran`] } } },
      ],
      contexts: [
        { name: "here", context: { cluster: "c", user: "u", namespace: "sd-proj" } },
        { name: "program", context: { cluster: "c", user: "p" } },
        { name: "broken", context: { cluster: "none", user: "u" } },
      ],
    };
    writeFileSync(path, JSON.stringify(text));
    const { current, contexts } = await studio.client.clusters.contexts({ path });
    expect(current).toBe("here");
    expect(contexts.map(({ name, fault }) => [name, fault === undefined])).toEqual([
      ["here", true],
      ["program", false],
      ["broken", false],
    ]);
    const added = await studio.client.clusters.connect({ kind: "kubeconfig", path });
    expect(added).toMatchObject({ namespace: "sd-proj", kubeconfig: { context: "here" } });
    const again = await studio.client.clusters.connect({ kind: "kubeconfig", path });
    expect(again.id).toBe(added.id);
    expect(await studio.client.deploy.list({ ...place(), clusterId: added.id })).toEqual([]);
    const program = { kind: "kubeconfig" as const, path, context: "program" };
    await expect(studio.client.clusters.connect(program)).rejects.toEqual(
      refusal("CLUSTER_KUBECONFIG_UNREADABLE"),
    );
    // A new login is noticed without a message to the studio.
    text.users[0] = { name: "u", user: { token: "sha256~EXPIRED" } };
    writeFileSync(path, JSON.stringify(text));
    await expect(studio.client.deploy.list({ ...place(), clusterId: added.id })).rejects.toEqual(
      refusal("CLUSTER_TOKEN_REFUSED"),
    );
    await studio.client.clusters.disconnect({ id: added.id });
  });
});
