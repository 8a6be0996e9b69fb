import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { samplesIn } from "../../../fakes/metrics.ts";
import { openConstantServer } from "../../../fakes/open-inference-server.ts";

const FILES = ["scale-keda.yaml", "scale-hpa.yaml"] as const;

function textOf(file: string): string {
  return readFileSync(`assets/deploy/${file}`, "utf8");
}

/** The objects of a file, by their kinds. */
function objectsOf(file: string): Readonly<Record<string, unknown>> {
  const documents = parseAllDocuments(textOf(file));
  expect(documents.flatMap(({ errors }) => errors)).toEqual([]);
  return Object.fromEntries(
    documents.map((document) => [String(document.get("kind")), document.toJS()]),
  );
}

test.each(FILES)("%s asks for metrics that are there", async (file) => {
  const { origin } = await openConstantServer();
  const samples = samplesIn(await (await fetch(`${origin}/metrics`)).text());
  const known = new Set(samples.map(({ name }) => name));
  const asked = textOf(file).match(/\bdarkroom_(?!requests\b)\w+/g) ?? [];
  expect(asked.length).toBeGreaterThanOrEqual(2);
  expect(asked.filter((name) => !known.has(name))).toEqual([]);
});

test("KEDA's objects fit together: who asks, with whose token, for what, and what is scaled", () => {
  const account = "darkroom-scaler";
  const token = `${account}-token`;
  expect(objectsOf("scale-keda.yaml")).toMatchObject({
    ServiceAccount: { metadata: { name: account } },
    Secret: {
      type: "kubernetes.io/service-account-token",
      metadata: { name: token, annotations: { "kubernetes.io/service-account.name": account } },
    },
    RoleBinding: { subjects: [{ name: account, namespace: "sd-proj" }] },
    TriggerAuthentication: {
      metadata: { name: account },
      spec: { secretTargetRef: [{ name: token }, { name: token }] },
    },
    PodMonitor: {
      spec: { selector: { matchLabels: { "serving.kserve.io/inferenceservice": "kt2" } } },
    },
    ScaledObject: {
      spec: {
        scaleTargetRef: { name: "kt2-predictor" },
        triggers: [
          {
            authenticationRef: { name: account },
            metadata: {
              namespace: "sd-proj",
              authModes: "bearer",
              query: expect.stringContaining('namespace="sd-proj"'),
            },
          },
        ],
      },
    },
  });
});

test("what is scraped is a port that the runtime declares", () => {
  expect(objectsOf("scale-keda.yaml")).toMatchObject({
    PodMonitor: { spec: { podMetricsEndpoints: [{ targetPort: 8080, path: "/metrics" }] } },
  });
  expect(objectsOf("serving-runtime.yaml")).toMatchObject({
    ServingRuntime: { spec: { containers: [{ ports: [{ containerPort: 8080 }] }] } },
  });
});

test("the autoscaler of Kubernetes asks for the metric that the adapter's rule makes", () => {
  expect(textOf("scale-hpa.yaml")).toContain("name: { as: darkroom_requests }");
  expect(objectsOf("scale-hpa.yaml")).toMatchObject({
    HorizontalPodAutoscaler: {
      spec: {
        scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "kt2-predictor" },
        metrics: [{ type: "Pods", pods: { metric: { name: "darkroom_requests" } } }],
      },
    },
  });
});
