import { Ajv, type AnySchemaObject } from "ajv";
import * as fc from "fast-check";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { type DeployDraft, deployDraftSchema } from "../../../engine/contract/deploy.ts";
import type { ConnectionFacts } from "../../../engine/deploy/access.ts";
import { DOCUMENT_RUNTIME } from "../../../engine/deploy/document.ts";
import { deployment } from "../../../engine/deploy/manifests.ts";

const CONNECTION: ConnectionFacts = {
  name: "MinIO: yes",
  endpoint: "https://minio.sd-proj.example",
  region: null,
  bucket: "models",
  hasCa: false,
};

const FORM: DeployDraft = deployDraftSchema.parse({
  connectionId: "c",
  path: "stable-diffusion",
  name: "kt2",
});

/** Forms with only valid fields, and names that YAML may read as something else. */
const anyForm: fc.Arbitrary<DeployDraft> = fc
  .record({
    name: fc.constantFrom("kt2", "yes", "a0", "null"),
    namespace: fc.constantFrom("sd-proj", "1e3", "on"),
    mode: fc.constantFrom("serverless", "raw"),
    kserve: fc.constantFrom("0.12", "0.15"),
    path: fc.constantFrom("stable-diffusion", "stable-diffusion/", "1.0", "a/b c/ü"),
    writesConnection: fc.boolean(),
    serving: fc.constantFrom(
      { runtime: "torchserve" },
      { runtime: "darkroom" },
      { runtime: "darkroom", runtimeScope: "cluster" },
    ),
    image: fc.constantFrom("registry.example/torchserve:0.12.0-gpu", "mine:1"),
    cpuRequest: fc.constantFrom("500m", "1"),
    cpuLimit: fc.constantFrom("1", "2"),
    memoryRequest: fc.constantFrom("2Gi", "4000M"),
    memoryLimit: fc.constantFrom("4Gi", "10G"),
    gpus: fc.integer({ min: 0, max: 16 }).map(String),
    minReplicas: fc.integer({ min: 1, max: 5 }).map(String),
    maxReplicas: fc.integer({ min: 5, max: 100 }).map(String),
    timeoutSeconds: fc.integer({ min: 1, max: 600 }).map(String),
    hasToken: fc.boolean(),
    tokenName: fc.constantFrom("default-name", "true"),
    annotations: fc
      .uniqueArray(fc.stringMatching(/^[a-z][a-z.]{0,9}[a-z]$/), { maxLength: 4 })
      .chain((keys) =>
        fc.tuple(...keys.map((key) => fc.string().map((value) => `${key}: ${value}`))),
      )
      .map((lines) => lines.join("\n")),
  })
  .map(({ serving, ...form }) => ({ ...FORM, ...form, ...serving }));

const yamlFiles = (form: DeployDraft) =>
  deployment(form, CONNECTION).files.filter(({ name }) => name.endsWith(".yaml"));

const objectsOf = (
  form: DeployDraft,
): { readonly kind: string; readonly [key: string]: unknown }[] =>
  yamlFiles(form).flatMap(({ text }) => parseAllDocuments(text).map((one) => one.toJS() as never));

test("makes the files in the order in which they are applied", () => {
  const { files, commands } = deployment(FORM, CONNECTION);
  expect(files.map(({ name, kinds }) => [name, kinds])).toEqual([
    ["1-connection.yaml", ["Secret"]],
    ["2-token.yaml", ["ServiceAccount", "Role", "RoleBinding", "Secret"]],
    ["3-serving-runtime.yaml", ["ServingRuntime"]],
    ["4-inference-service.yaml", ["InferenceService"]],
    ["Containerfile", ["Containerfile"]],
  ]);
  expect(commands).toEqual({
    build: [],
    apply: "oc apply -f kt2/",
  });
  expect(deployment({ ...FORM, image: "quay.io/ada/sd:1" }, CONNECTION).commands?.build).toEqual([
    "docker build -f Containerfile -t quay.io/ada/sd:1 .",
    "docker push quay.io/ada/sd:1",
  ]);
});

test("omits the connection if the project has it, and the token if none is wanted", () => {
  const { files, notes } = deployment(
    {
      ...FORM,
      connectionSecret: "aws-connection-minio",
      writesConnection: false,
      hasToken: false,
    },
    CONNECTION,
  );
  expect(files.map(({ name }) => name)).toEqual([
    "1-serving-runtime.yaml",
    "2-inference-service.yaml",
    "Containerfile",
  ]);
  expect(notes).toContain(
    "The project must have a connection whose Secret is called aws-connection-minio.",
  );
});

test("the connection's Secret equals the dashboard's, and contains keys only if they are given", () => {
  const secretOf = (keys?: { accessKey: string; secretKey: string }) => {
    const [file] = deployment(FORM, CONNECTION, keys).files;
    return parse(file?.text ?? "") as { stringData: unknown; metadata: { labels: unknown } };
  };
  const secret = secretOf({ accessKey: "0123", secretKey: "yes\n" });
  expect(secret.stringData).toEqual({
    AWS_ACCESS_KEY_ID: "0123",
    AWS_SECRET_ACCESS_KEY: "yes\n",
    AWS_S3_ENDPOINT: "https://minio.sd-proj.example",
    AWS_DEFAULT_REGION: "us-east-1",
    AWS_S3_BUCKET: "models",
  });
  expect(secret.metadata.labels).toEqual({
    "opendatahub.io/dashboard": "true",
    "opendatahub.io/managed": "true",
  });
  // The API server refuses a list, so that a forgotten placeholder does not replace a working key.
  expect(secretOf().stringData).toMatchObject({
    AWS_ACCESS_KEY_ID: [expect.any(String)],
    AWS_SECRET_ACCESS_KEY: [expect.any(String)],
  });
});

test("every difference from the KServe example's ServingRuntime has a reason", () => {
  const runtime = deployment(FORM, CONNECTION).files.find(({ kinds }) =>
    kinds.includes("ServingRuntime"),
  );
  const told = runtime?.differences.map(({ path, theirs, ours }) => [path, theirs, ours]);
  const container = "spec.containers.kserve-container";
  expect(told).toEqual([
    ["metadata.name", "kserve-torchserve", "kt2"],
    ["metadata.namespace", undefined, "sd-proj"],
    ["metadata.labels", undefined, 'opendatahub.io/dashboard: "true"'],
    ["metadata.annotations", undefined, expect.stringContaining("apiProtocol: REST")],
    [`${container}.securityContext`, "runAsUser: 1001130001", undefined],
    [`${container}.args.--enable-model-api`, "--enable-model-api", undefined],
    [
      `${container}.env.TS_SERVICE_ENVELOPE`,
      'name: TS_SERVICE_ENVELOPE\nvalue: "{{.Labels.serviceEnvelope}}"',
      undefined,
    ],
    [
      `${container}.resources`,
      expect.stringContaining("memory: 2Gi"),
      expect.stringContaining("memory: 10Gi"),
    ],
  ]);
  expect(runtime?.theirs).toEqual({ of: "document", text: DOCUMENT_RUNTIME });
});

test("the lines of a difference contain what it says", () => {
  const { files } = deployment({ ...FORM, annotations: "a.b/c: 1" }, CONNECTION);
  const linesOf = (text: string, [from, to]: readonly [number, number]) =>
    text.split("\n").slice(from - 1, to);
  /** The start of a value: it appears in the first lines. */
  const firstOf = (value: string) => value.split(/[\n:]/)[0] ?? "";
  const shown = files.flatMap(({ text, theirs, differences }) =>
    differences.flatMap((one) => [
      { value: one.ours, lines: linesOf(text, one.ourLines) },
      { value: one.theirs, lines: linesOf(theirs?.text ?? "", one.theirLines) },
    ]),
  );
  for (const { value = "", lines } of shown) {
    expect(lines.join("\n")).toContain(firstOf(value));
    expect(lines.length).toBeLessThanOrEqual(value.split("\n").length + 1);
    expect(lines.at(-1)?.trim()).not.toBe("");
  }
  const { differences = [], text = "" } =
    files.find(({ kinds }) => kinds[0] === "ServingRuntime") ?? {};
  const resources = differences.find(({ path }) => path.endsWith("resources"));
  expect(linesOf(text, resources?.ourLines ?? [1, 1]).map((line) => line.trim())).toEqual([
    "resources:",
    "requests:",
    'cpu: "4"',
    "memory: 8Gi",
    'nvidia.com/gpu: "1"',
    "limits:",
    'cpu: "8"',
    "memory: 10Gi",
    'nvidia.com/gpu: "1"',
  ]);
});

test("for any form, nothing differs without a reason, and YAML keeps the values", () => {
  fc.assert(
    fc.property(anyForm, (form) => {
      for (const { text, differences } of yamlFiles(form)) {
        expect(differences.filter(({ reason }) => reason === "")).toEqual([]);
        // Parsed as YAML 1.1, which Kubernetes' own parser resembles.
        expect(
          parseAllDocuments(text, { version: "1.1" }).map((one) => one.toJS() as unknown),
        ).toEqual(parseAllDocuments(text).map((one) => one.toJS() as unknown));
      }
      for (const object of objectsOf(form)) {
        const metadata = object["metadata"] as Record<string, unknown>;
        const isForAll = object.kind === "ClusterServingRuntime";
        expect(metadata["namespace"]).toBe(isForAll ? undefined : form.namespace);
        const annotations = (metadata["annotations"] ?? {}) as Record<string, unknown>;
        expect(Object.values(annotations).every((one) => typeof one === "string")).toBe(true);
      }
    }),
    { numRuns: 60 },
  );
});

/** A structural schema as a strict API server applies it: unknown fields are refused. */
function strict(schema: AnySchemaObject, isRoot = false): AnySchemaObject {
  const { properties, items, additionalProperties, ...rest } = schema;
  const isOpen =
    properties === undefined ||
    rest["x-kubernetes-preserve-unknown-fields"] === true ||
    additionalProperties;
  const inner = Object.entries((properties ?? {}) as Record<string, AnySchemaObject>);
  const {
    "x-kubernetes-int-or-string": isEither,
    "x-kubernetes-preserve-unknown-fields": _,
    ...plain
  } = rest;
  return {
    ...plain,
    ...(isEither === true && { type: ["integer", "string"] }),
    ...(properties !== undefined && {
      properties: Object.fromEntries(inner.map(([name, one]) => [name, strict(one)])),
    }),
    ...(items !== undefined && { items: strict(items as AnySchemaObject) }),
    ...(typeof additionalProperties === "object" && {
      additionalProperties: strict(additionalProperties as AnySchemaObject),
    }),
    ...(!isOpen && { additionalProperties: false }),
    ...(isRoot && { required: ["apiVersion", "kind", "metadata", "spec"] }),
  };
}

const crdsOf = (version: string) => {
  const { schemas } = JSON.parse(
    readFileSync(`test/fixtures/kserve/crds-${version}.json`, "utf8"),
  ) as { schemas: Record<string, AnySchemaObject> };
  const ajv = new Ajv({ strict: false, validateFormats: false });
  return new Map(
    Object.entries(schemas).map(([name, schema]) => [name, ajv.compile(strict(schema, true))]),
  );
};

test.each(["0.12.1", "0.15.2"])(
  "KServe %s accepts both of its objects, for any form",
  (version) => {
    const crds = crdsOf(version);
    fc.assert(
      fc.property(anyForm, (form) => {
        const checked = objectsOf(form).flatMap((object) => {
          // Both kinds of runtime have one specification.
          const kind = object.kind.replace(/^Cluster/, "");
          const validate = crds.get(`${String(object["apiVersion"])} ${kind}`);
          if (validate === undefined) return [];
          expect(validate({ ...object, kind }), JSON.stringify(validate.errors)).toBe(true);
          return [kind];
        });
        expect(checked).toEqual(["ServingRuntime", "InferenceService"]);
      }),
      { numRuns: 40 },
    );
  },
);

test.each(["0.12.1", "0.15.2"])(
  "the schemas of KServe %s refuse what a strict server refuses",
  (version) => {
    const validate = crdsOf(version).get("serving.kserve.io/v1beta1 InferenceService");
    const service = objectsOf(FORM).find(({ kind }) => kind === "InferenceService");
    const { predictor } = (service?.["spec"] ?? {}) as { predictor?: object };
    const withPredictor = (change: object) => {
      return { ...service, spec: { predictor: { ...predictor, ...change } } };
    };
    expect(validate?.(withPredictor({}))).toBe(true);
    expect(validate?.(withPredictor({ timeOut: 300 }))).toBe(false);
    expect(validate?.(withPredictor({ minReplicas: "one" }))).toBe(false);
  },
);
