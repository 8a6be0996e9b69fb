import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DEPLOY_MODES } from "../../engine/contract/deploy.ts";
import { DOCUMENT_RUNTIME } from "../../engine/deploy/document.ts";
import { chromiumPath } from "../e2e/chromium.ts";
import { clientOf } from "../../engine/server/client-of.ts";
import { darkroom } from "../fakes/command-line.ts";
import { refusal } from "../fakes/refusal.ts";
import { studioInProcess } from "../fakes/studio-in-process.ts";
import { temporaryFolder } from "../fakes/temporary-folder.ts";
import { deployThroughPage } from "./deploy-page.ts";
import { runStep } from "./install-step.ts";
import { KubernetesApi, type Manifest, manifestsIn, TOKEN } from "./kubernetes-api.ts";

/** The module with KServe's own definitions of its objects. */
const KSERVE = "github.com/kserve/kserve@v0.15.2";
const PROJECT = "sd-proj";
/** The project for the command line's manifests, so that the page and our client do not find them. */
const WRITTEN_PROJECT = "sd-written";

let started: KubernetesApi | undefined;

beforeAll(async () => {
  started = await KubernetesApi.start();
  for (const definition of await customResources()) {
    const { status, body } = await started.apply(definition, { force: "true" });
    if (status !== 201) throw new Error(`${definition.metadata.name}: ${String(body["message"])}`);
  }
  for (const name of [PROJECT, WRITTEN_PROJECT]) {
    await started.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name } });
  }
  await settled(started);
}, 600_000);

afterAll(() => started?.stop());

function api(): KubernetesApi {
  if (started === undefined) throw new Error("the API server did not start");
  return started;
}

/** KServe's custom resource definitions, from its Go module. */
async function customResources(): Promise<readonly Manifest[]> {
  const what = "KServe's definitions";
  const args = ["mod", "download", "-json", KSERVE];
  const { Dir } = JSON.parse(await runStep("go", args, { limitMs: 300_000, what })) as {
    readonly Dir: string;
  };
  const folder = join(Dir, "config", "crd", "full");
  return readdirSync(folder)
    .filter((name) => name.endsWith(".yaml"))
    .flatMap((name) => manifestsIn(readFileSync(join(folder, name), "utf8")))
    .filter(({ kind }) => kind === "CustomResourceDefinition");
}

/** Waits until the API serves KServe's kinds, which happens shortly after their definitions are applied. */
async function settled(server: KubernetesApi): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    const { status } = await server.ask("GET", "/apis/serving.kserve.io/v1beta1");
    if (status === 200) return;
    await sleep(200);
  }
  throw new Error("the API does not serve KServe's kinds");
}

/** Applies all manifests of a folder in order of their names, like `oc apply -f`; first as a dry run. */
async function applyFolder(folder: string): Promise<readonly Manifest[]> {
  const files = readdirSync(folder).filter((name) => name.endsWith(".yaml"));
  const manifests = files
    .toSorted()
    .flatMap((name) => manifestsIn(readFileSync(join(folder, name), "utf8")));
  for (const options of [{ dryRun: "All" }, {}] as const) {
    for (const manifest of manifests) {
      const name = `${manifest.kind} ${manifest.metadata.name}`;
      const { status, body } = await api().apply(manifest, options);
      expect([name, body["message"]]).toEqual([name, undefined]);
      expect([name, [200, 201].includes(status)]).toEqual([name, true]);
    }
  }
  return manifests;
}

const data = (): string => join(temporaryFolder(), "data");

/** Has the command line write manifests, and returns their folder. */
async function written(...flags: readonly string[]): Promise<string> {
  const [own, out] = [data(), join(temporaryFolder(), "manifests")];
  const env = { AWS_ACCESS_KEY_ID: "darkroom", AWS_SECRET_ACCESS_KEY: "darkroomsecret" };
  const connection = ["--endpoint", "http://minio.sd-proj.svc:9000", "--bucket", "models"];
  const run = async (...args: readonly string[]): Promise<void> => {
    const { code, err } = await darkroom([...args, "--data-dir", own], { env });
    expect([args.join(" "), code], err).toEqual([args.join(" "), 0]);
  };
  await run("bucket", "connect", "minio", ...connection);
  const asked = ["--name", "kt2", "--namespace", WRITTEN_PROJECT, "--out", out, ...flags];
  await run("deploy", "manifests", "minio/stable-diffusion/", ...asked);
  return out;
}

test.each(
  DEPLOY_MODES.flatMap((mode) => [
    [mode, "a token", ["--with-keys"]],
    [mode, "no token", ["--with-keys", "--no-token", "--gpus", "0", "--kserve", "0.15"]],
  ]) as readonly (readonly [string, string, readonly string[]])[],
)("every manifest of a deployment is accepted unchanged: %s, %s", async (mode, _, flags) => {
  const manifests = await applyFolder(await written("--mode", mode, ...flags));
  expect(manifests.map(({ kind }) => kind)).toContain("InferenceService");
  // Nothing is dropped silently; a Secret's text is returned as base64.
  for (const manifest of manifests.filter(({ kind }) => kind !== "Secret")) {
    const { body } = await api().ask("GET", await api().pathOf(manifest));
    expect(body).toMatchObject(manifest);
  }
});

test("a Secret whose keys were not filled in is refused, and replaces no working one", async () => {
  const folder = await written();
  const [secret] = manifestsIn(readFileSync(join(folder, "1-connection.yaml"), "utf8"));
  if (secret === undefined) throw new Error("there is no Secret");
  const { status, body } = await api().apply(secret, { force: "true" });
  expect(status, String(body["message"])).toBeGreaterThanOrEqual(400);
});

test("the document's own runtime is accepted, with the template that kills TorchServe", async () => {
  const [runtime] = manifestsIn(DOCUMENT_RUNTIME);
  const metadata = { name: "of-the-document", namespace: PROJECT };
  const { status, body } = await api().apply({ ...runtime, metadata } as Manifest);
  expect([status, body["message"]]).toEqual([201, undefined]);
  expect(JSON.stringify(body)).toContain("{{.Labels.serviceEnvelope}}");
});

const service = (spec: object, name = "kt2"): Manifest =>
  ({
    apiVersion: "serving.kserve.io/v1beta1",
    kind: "InferenceService",
    metadata: { name, namespace: PROJECT },
    spec,
  }) as Manifest;

test.each([
  [
    "a field that KServe does not know",
    service({ predictor: { timeOut: 300 } }),
    /timeOut: field not declared in schema/,
  ],
  [
    "a number that is text",
    service({ predictor: { minReplicas: "one" } }),
    /minReplicas.*(must be of type integer|expected numeric)/,
  ],
  ["a name that is none", service({ predictor: {} }, "KT_3"), /lowercase RFC 1123/],
])("%s is refused, so what was accepted above was checked", async (_, manifest, words) => {
  const { status, body } = await api().apply(manifest);
  expect(status).toBeGreaterThanOrEqual(400);
  expect(String(body["message"])).toMatch(words);
});

test.skipIf(chromiumPath === undefined)(
  "a user deploys to it in Chromium, from the form to a picture, and removes it again",
  () => expect(deployThroughPage(api())).resolves.toBeUndefined(),
);

/** A studio with this API server as a cluster, and a connection to a bucket. */
async function studioThere() {
  const client = clientOf((await studioInProcess()).router);
  const keys = { accessKey: "darkroom", secretKey: "darkroomsecret" };
  const endpoint = "http://minio.sd-proj.svc:9000";
  const { id } = await client.buckets.connect({
    ...keys,
    name: "minio",
    endpoint,
    bucket: "models",
  });
  const reached = { kind: "token" as const, address: api().address, token: TOKEN };
  const cluster = await client.clusters.connect({
    ...reached,
    namespace: PROJECT,
    isInsecure: true,
  });
  const source = (change: object = {}) => ({
    clusterId: cluster.id,
    draft: { connectionId: id, path: "stable-diffusion/", name: "ours", ...change },
  });
  return { client, reached, cluster, source };
}

const SERVICE = `/apis/serving.kserve.io/v1beta1/namespaces/${PROJECT}/inferenceservices/ours`;

/** Writes what a controller of KServe would write. */
async function tell(status: object): Promise<void> {
  const body = JSON.stringify({ status });
  const type = "application/merge-patch+json";
  const reply = await api().ask("PATCH", `${SERVICE}/status`, { body, type });
  expect([reply.status, reply.body["message"]]).toEqual([200, undefined]);
}

test("our client: tested, dry run, applied, watched until ready, scaled, redeployed and removed", async () => {
  const { client, cluster, source } = await studioThere();
  const check = await client.clusters.test({ id: cluster.id });
  expect(check).toMatchObject({ state: "ready", hasKServe: true, missing: [] });
  expect(check.namespaces).toContain(PROJECT);

  const tried = await client.deploy.dryRun(source());
  expect(tried.objects.map(({ outcome }) => outcome)).toEqual(tried.objects.map(() => "created"));
  expect((await api().ask("GET", SERVICE)).status).toBe(404);
  expect(await client.deploy.apply(source())).toMatchObject({ isApplied: true });
  const again = await client.deploy.dryRun(source());
  expect(again.objects.map(({ kind, outcome }) => [kind, outcome])).toEqual(
    again.objects.map(({ kind }) => [kind, "unchanged"]),
  );

  const place = { clusterId: cluster.id, namespace: PROJECT, name: "ours" };
  // Does the work of the token controller, which does not run here.
  const secret = `/api/v1/namespaces/${PROJECT}/secrets/default-name-ours-sa`;
  await api().ask("PATCH", secret, {
    body: JSON.stringify({ data: { token: btoa("a.token.c") } }),
    type: "application/merge-patch+json",
  });
  const states: string[] = [];
  for await (const told of await client.deploy.watch(place)) {
    if (told.type === "endpoint") break;
    if (told.type !== "state") throw new Error(JSON.stringify(told));
    states.push(told.deployment.state.state);
    const isFirst = states.length === 1;
    await tell(
      isFirst
        ? {
            url: "https://ours-sd-proj.apps.cluster.example.com",
            conditions: [{ type: "Ready", status: "False", reason: "PredictorNotReady" }],
          }
        : {
            url: "https://ours-sd-proj.apps.cluster.example.com",
            conditions: [{ type: "Ready", status: "True" }],
          },
    );
  }
  expect(states.at(-1)).toBe("ready");
  const [endpoint] = await client.endpoints.list();
  expect(endpoint).toMatchObject({ name: "ours", hasToken: true });

  await client.deploy.scale({ ...place, to: 0 });
  await client.deploy.redeploy(place);
  const { body } = await api().ask("GET", SERVICE);
  expect(body).toMatchObject({ spec: { predictor: { minReplicas: 0 } } });
  // Fields that scaling has set do not conflict with our own.
  expect(await client.deploy.apply(source())).toMatchObject({ isApplied: true });

  const all = await client.deploy.list(place);
  expect(all.find(({ name }) => name === "ours")).toMatchObject({ isOurs: true, minReplicas: 1 });
  const { objects } = await client.deploy.remove({ ...place, dryRun: true });
  expect(objects).toHaveLength(7);
  await client.deploy.remove({ ...place, dryRun: false });
  expect((await api().ask("GET", SERVICE)).status).toBe(404);
  expect((await api().ask("GET", secret)).status).toBe(404);
});

test("our client: conflicts name the other client, and refusals are at their field", async () => {
  const { client, cluster, source } = await studioThere();
  await client.deploy.apply(source());
  const object = service({ predictor: { maxReplicas: 5 } }, "ours");
  await api().ask("PATCH", `${SERVICE}?fieldManager=somebody&force=true`, {
    body: JSON.stringify(object),
    type: "application/apply-patch+yaml",
  });
  const { objects, isSound } = await client.deploy.dryRun(source());
  expect(isSound).toBe(false);
  expect(objects.at(-1)).toMatchObject({
    error: { code: "CLUSTER_CONFLICT" },
    conflicts: [{ manager: "somebody", path: "spec.predictor.maxReplicas" }],
  });
  expect(await client.deploy.apply({ ...source(), force: true })).toMatchObject({
    isApplied: true,
  });

  const wrong = service({ predictor: { timeOut: 3, minReplicas: 1 } }, "wrong");
  const told = await client.deploy.dryRun({ clusterId: cluster.id, yaml: JSON.stringify(wrong) });
  expect(told.objects[0]?.faults).toEqual([
    { path: "spec.predictor.timeOut", reason: "field not declared in schema" },
  ]);
  await expect(client.deploy.dryRun(source({ namespace: "sd-none" }))).rejects.toEqual(
    refusal("CLUSTER_NAMESPACE_MISSING"),
  );
});

test("our client: an untrusted certificate, and tokens that are not accepted", async () => {
  const { client, reached } = await studioThere();
  for (const [change, code] of [
    [{}, "CLUSTER_CERTIFICATE"],
    [{ isInsecure: true, token: "nobody" }, "CLUSTER_TOKEN_REFUSED"],
  ] as const) {
    const { id } = await client.clusters.connect({ ...reached, ...change });
    const listing = client.deploy.list({ clusterId: id, namespace: PROJECT });
    await expect(listing).rejects.toEqual(refusal(code));
  }
});
