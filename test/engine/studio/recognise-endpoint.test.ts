import { writeFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { stringify } from "yaml";
import { expect, onTestFinished, test } from "vitest";
import { StudioError } from "../../../engine/contract/errors.ts";
import { shareLink } from "../../../engine/contract/share-link.ts";
import { recogniseEndpoint } from "../../../engine/studio/recognise-endpoint.ts";
import { FakeCluster } from "../../fakes/fake-cluster.ts";
import { refusal } from "../../fakes/refusal.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

const CANARY = "canary-7f3a9c51d0ab";
const URL = "https://kt2-sd-proj.apps.example.com";
const INFER = `${URL}/v2/models/stable-diffusion/infer`;
const BODY =
  '{"id":"42","inputs":[{"name":"input0","shape":[-1],"datatype":"BYTES","data":["a dog"]}]}';

function service(name: string, more: object = {}) {
  return {
    apiVersion: "serving.kserve.io/v1beta1",
    kind: "InferenceService",
    metadata: { name, annotations: { "security.opendatahub.io/enable-auth": "true" } },
    spec: { predictor: { timeout: 300 } },
    status: { url: `https://${name}-sd-proj.apps.example.com` },
    ...more,
  };
}

const ROUTE = {
  kind: "Route",
  metadata: { name: "kt2" },
  spec: { host: "kt2-sd-proj.apps.example.com", path: "/", tls: { termination: "edge" } },
};

test.each([
  [
    "an address",
    `  ${INFER}\n`,
    { kind: "address", endpoints: [{ url: INFER, model: "stable-diffusion" }] },
  ],
  [
    "a host",
    "kt2.apps.example.com:8443/v2",
    { kind: "address", endpoints: [{ url: "kt2.apps.example.com:8443/v2" }] },
  ],
  ["a token.cfg", `${"eyJ" + "a".repeat(80)}.b.c\n`, { kind: "token", endpoints: [] }],
  [
    "a curl line with a token",
    `curl -k ${INFER} -H 'Authorization: Bearer ${CANARY}' -d '${BODY}'`,
    {
      kind: "curl",
      endpoints: [
        {
          url: INFER,
          model: "stable-diffusion",
          isInsecure: true,
          token: CANARY,
          needsToken: true,
        },
      ],
    },
  ],
  [
    "a curl line with a place for one",
    `curl ${INFER} -H "Authorization: Bearer $DARKROOM_TOKEN" -d '${BODY}'`,
    { kind: "curl", endpoints: [{ url: INFER, model: "stable-diffusion", needsToken: true }] },
  ],
  [
    "a recorded program",
    `import os\n\nimport requests\n\nurl = "${INFER}"\nheaders = {\n    "Authorization": "Bearer " + os.environ["DARKROOM_TOKEN"],\n}\npayload = {\n  "inputs": []\n}\n`,
    {
      kind: "recording",
      endpoints: [{ url: INFER, model: "stable-diffusion", needsToken: true }],
    },
  ],
  ["a recorded request", BODY, { kind: "recording", endpoints: [] }],
  [
    "a share link",
    shareLink({ url: URL, name: "kt2", model: "stable-diffusion", profile: "full" }),
    {
      kind: "share",
      endpoints: [{ url: URL, name: "kt2", model: "stable-diffusion", profile: "full" }],
    },
  ],
  ["a Route", stringify(ROUTE), { kind: "route", endpoints: [{ url: URL, name: "kt2" }] }],
  [
    "a list of services in JSON",
    JSON.stringify({ kind: "List", items: [service("kt2"), service("new", { status: {} })] }),
    {
      kind: "inference-service",
      endpoints: [{ url: URL, name: "kt2", needsToken: true, timeoutSeconds: 300 }],
    },
  ],
])("%s is recognised", async (_, text, found) => {
  expect(await recogniseEndpoint(text)).toEqual(found);
});

test.each([
  ["hello", "it is not an address"],
  ["two words", "it is not an address"],
  [stringify(service("kt2", { status: {} })), "the cluster has not given it one yet"],
  ["https://user:secret@kt2.example.com", "a token is entered by itself"],
  ["darkroom:endpoint?url=ftp://a", "an endpoint speaks https"],
])("a text without an endpoint is refused: %s", async (text, words) => {
  await expect(recogniseEndpoint(text)).rejects.toThrow(words);
});

function kubeconfig(server: string, user: object) {
  return stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": "here",
    contexts: [{ name: "here", context: { cluster: "one", user: "me", namespace: "sd-proj" } }],
    clusters: [{ name: "one", cluster: { server, "insecure-skip-tls-verify": true } }],
    users: [{ name: "me", user }],
  });
}

test("a kubeconfig's project gives its services, and its token opens those that require one", async () => {
  const cluster = await FakeCluster.start();
  onTestFinished(() => cluster.stop());
  const { token } = cluster;
  const path = "/apis/serving.kserve.io/v1beta1/namespaces/sd-proj/inferenceservices/kt2";
  cluster.put(path, service("kt2"));
  const found = await recogniseEndpoint(kubeconfig(cluster.address, { token }));
  expect(found).toEqual({
    kind: "kubeconfig",
    endpoints: [{ url: URL, name: "kt2", needsToken: true, timeoutSeconds: 300, token }],
  });
  expect(cluster.asked.map((asked) => asked.token)).toEqual([token]);
});

test("a pasted kubeconfig reads no file of this machine and starts no program", async () => {
  const cluster = await FakeCluster.start();
  onTestFinished(() => cluster.stop());
  const file = join(temporaryFolder(), "secret");
  writeFileSync(file, CANARY);
  const users = [
    { "token-file": file },
    { tokenFile: file },
    { "client-certificate": file, "client-key": file },
    { exec: { command: "touch", args: [file] } },
  ];
  for (const user of users) {
    const recognising = recogniseEndpoint(kubeconfig(cluster.address, user));
    await expect(recognising).rejects.toEqual(refusal("CLUSTER_KUBECONFIG_UNREADABLE"));
  }
  expect(cluster.asked).toEqual([]);
});

test("any pasted text is recognised or refused by the table", async () => {
  const piece = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom(
      "curl ",
      "kind: Route\n",
      "kind: List\nitems:\n- ",
      "darkroom:endpoint?url=",
      URL,
      "\n---\n",
      "&a [*a]",
      "spec: {host: a}\n",
      BODY,
    ),
  );
  const texts = fc.array(piece, { minLength: 1, maxLength: 8 }).map((pieces) => pieces.join(""));
  await fc.assert(
    fc.asyncProperty(texts, async (text) => {
      const error: unknown = await recogniseEndpoint(text).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      expect(error === undefined || error instanceof StudioError).toBe(true);
    }),
    { numRuns: 300 },
  );
});
