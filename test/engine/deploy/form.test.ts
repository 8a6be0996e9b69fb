import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  DEPLOY_FIELDS,
  type DeployDraft,
  deployDraftSchema,
  type DeployField,
} from "../../../engine/contract/deploy.ts";
import { REFUSALS, type RefusalCode } from "../../../engine/contract/errors.ts";
import { checkForm } from "../../../engine/deploy/form.ts";

const SOUND: DeployDraft = deployDraftSchema.parse({
  connectionId: "c",
  path: "stable-diffusion/",
  name: "kt2",
});

const faultsOf = (change: Partial<DeployDraft>) => {
  const checked = checkForm({ ...SOUND, ...change }, "MinIO");
  return "faults" in checked ? checked.faults : [];
};

test("accepts the KServe example's deployment", () => {
  expect(checkForm(SOUND, "My MinIO (eu)")).toEqual({
    form: {
      runtime: "torchserve",
      runtimeScope: "project",
      name: "kt2",
      namespace: "sd-proj",
      mode: "serverless",
      kserve: "0.12",
      typedPath: "stable-diffusion/",
      path: "stable-diffusion/",
      connectionSecret: "aws-connection-my-minio-eu",
      writesConnection: true,
      image: "quay.io/jary/torchserve-kfs:0.12.0-gpu",
      cpu: { request: "4", limit: "8" },
      memory: { request: "8Gi", limit: "10Gi" },
      gpus: 1,
      minReplicas: 1,
      maxReplicas: 1,
      timeoutSeconds: 300,
      tokenName: "default-name",
      annotations: {},
    },
  });
});

test("an empty field is said to be missing, with an example", () => {
  expect(faultsOf({ image: "", runtime: "darkroom" }).map(({ error }) => error.message)).toEqual([
    "The serving runtime image is missing. Enter one, such as registry/repository:tag.",
  ]);
});

/** What is typed, in which field, and the refusal that it causes there. */
const BROKEN: readonly (readonly [DeployField, Partial<DeployDraft>, RefusalCode])[] = [
  ["name", { name: "" }, "DEPLOY_VALUE_MISSING"],
  ["name", { name: "KT_3" }, "DEPLOY_NAME_INVALID"],
  ["name", { name: "2kt" }, "DEPLOY_NAME_INVALID"],
  ["name", { name: "kt.2" }, "DEPLOY_NAME_INVALID"],
  ["name", { name: "-kt" }, "DEPLOY_NAME_INVALID"],
  ["name", { name: "kt2 " }, "DEPLOY_NAME_INVALID"],
  ["name", { name: "k".repeat(54) }, "DEPLOY_NAME_INVALID"],
  ["name", { name: "k".repeat(50) }, "DEPLOY_NAME_TOO_LONG"],
  ["namespace", { namespace: "" }, "DEPLOY_VALUE_MISSING"],
  ["namespace", { namespace: "SD proj" }, "DEPLOY_NAME_INVALID"],
  ["namespace", { namespace: "sd_proj" }, "DEPLOY_NAME_INVALID"],
  ["namespace", { namespace: "openshift-ingress" }, "DEPLOY_NAMESPACE_RESERVED"],
  ["namespace", { namespace: "kube-system" }, "DEPLOY_NAMESPACE_RESERVED"],
  ["mode", { mode: "modelmesh" }, "DEPLOY_CHOICE_UNKNOWN"],
  ["runtime", { runtime: "triton" }, "DEPLOY_CHOICE_UNKNOWN"],
  ["runtimeScope", { runtimeScope: "everywhere" }, "DEPLOY_CHOICE_UNKNOWN"],
  ["runtimeScope", { runtimeScope: "cluster" }, "DEPLOY_CHOICE_UNKNOWN"],
  ["image", { runtime: "darkroom" }, "DEPLOY_IMAGE_INVALID"],
  ["runtime", { runtime: "triton" }, "DEPLOY_CHOICE_UNKNOWN"],
  ["kserve", { kserve: "0.11" }, "DEPLOY_CHOICE_UNKNOWN"],
  ["path", { path: "" }, "DEPLOY_VALUE_MISSING"],
  ["path", { path: "/" }, "DEPLOY_PATH_INVALID"],
  ["path", { path: "/stable-diffusion/" }, "DEPLOY_PATH_INVALID"],
  ["path", { path: "s3://models/stable-diffusion/" }, "DEPLOY_PATH_INVALID"],
  ["path", { path: "a//stable-diffusion/" }, "DEPLOY_PATH_INVALID"],
  ["path", { path: "a/../stable-diffusion/" }, "DEPLOY_PATH_INVALID"],
  ["path", { path: "stable-diffusion/ " }, "DEPLOY_PATH_INVALID"],
  ["path", { path: "stable-diffusion/model-store/" }, "DEPLOY_PATH_INVALID"],
  ["path", { path: "stable-diffusion/model-store/stable-diffusion.mar" }, "DEPLOY_PATH_INVALID"],
  ["connectionSecret", { connectionSecret: "aws_connection" }, "DEPLOY_NAME_INVALID"],
  ["image", { image: "" }, "DEPLOY_VALUE_MISSING"],
  ["image", { image: "https://quay.io/jary/torchserve" }, "DEPLOY_IMAGE_INVALID"],
  ["image", { image: "quay.io/Jary/TorchServe" }, "DEPLOY_IMAGE_INVALID"],
  ["cpuRequest", { cpuRequest: " " }, "DEPLOY_VALUE_MISSING"],
  ["maxReplicas", { maxReplicas: "" }, "DEPLOY_VALUE_MISSING"],
  ["cpuRequest", { cpuRequest: "4Gi" }, "DEPLOY_QUANTITY_INVALID"],
  ["cpuRequest", { cpuRequest: "0" }, "DEPLOY_QUANTITY_INVALID"],
  ["cpuLimit", { cpuLimit: "four" }, "DEPLOY_QUANTITY_INVALID"],
  ["cpuLimit", { cpuLimit: "2" }, "DEPLOY_LIMIT_TOO_LOW"],
  ["memoryRequest", { memoryRequest: "8" }, "DEPLOY_QUANTITY_INVALID"],
  ["memoryRequest", { memoryRequest: "8GB" }, "DEPLOY_QUANTITY_INVALID"],
  ["memoryRequest", { memoryRequest: "400m" }, "DEPLOY_QUANTITY_INVALID"],
  ["memoryLimit", { memoryLimit: "-8Gi" }, "DEPLOY_QUANTITY_INVALID"],
  ["memoryLimit", { memoryLimit: "8000Mi" }, "DEPLOY_LIMIT_TOO_LOW"],
  ["gpus", { gpus: "0.5" }, "DEPLOY_NUMBER_INVALID"],
  ["gpus", { gpus: "17" }, "DEPLOY_NUMBER_INVALID"],
  ["minReplicas", { minReplicas: "one" }, "DEPLOY_NUMBER_INVALID"],
  ["minReplicas", { mode: "raw", minReplicas: "0" }, "DEPLOY_NUMBER_INVALID"],
  ["maxReplicas", { maxReplicas: "0" }, "DEPLOY_NUMBER_INVALID"],
  ["maxReplicas", { minReplicas: "3", maxReplicas: "2" }, "DEPLOY_NUMBER_INVALID"],
  ["timeoutSeconds", { timeoutSeconds: "5m" }, "DEPLOY_NUMBER_INVALID"],
  ["timeoutSeconds", { timeoutSeconds: "601" }, "DEPLOY_NUMBER_INVALID"],
  ["tokenName", { tokenName: "my token" }, "DEPLOY_NAME_INVALID"],
  ["annotations", { annotations: "no colon" }, "DEPLOY_ANNOTATION_INVALID"],
  ["annotations", { annotations: "a b: 1" }, "DEPLOY_ANNOTATION_INVALID"],
  ["annotations", { annotations: "a: 1\na: 2" }, "DEPLOY_ANNOTATION_INVALID"],
  ["annotations", { annotations: "a/b/c: 1" }, "DEPLOY_ANNOTATION_INVALID"],
  [
    "annotations",
    { annotations: "haproxy.router.openshift.io/timeout: 5m" },
    "DEPLOY_ANNOTATION_INVALID",
  ],
];

test.each(BROKEN)("refuses at %s: %j", (field, change, code) => {
  const faults = faultsOf(change);
  expect(faults.map((fault) => [fault.field, fault.error.code])).toEqual([[field, code]]);
  const message = faults[0]?.error.message ?? "";
  expect(message).not.toMatch(/[{}]|\?/);
  // The advice is a fixed sentence except for its placeholders.
  expect(message).toContain(REFUSALS[code].advice.split("{")[0]);
});

test("every text field has an invalid input", () => {
  expect(new Set(BROKEN.map(([field]) => field))).toEqual(new Set(DEPLOY_FIELDS));
});

test("reports every invalid field once, in the order of the form", () => {
  const wrong = Object.fromEntries(DEPLOY_FIELDS.map((field) => [field, "\u0000 A!"]));
  const fields = faultsOf(wrong).map(({ field }) => field);
  // An annotation's line gets its own refusal; in every other field of the form this text is an error.
  expect(fields).toEqual(DEPLOY_FIELDS);
});

test("adds a missing slash to a path, and keeps what was typed", () => {
  const checked = checkForm({ ...SOUND, path: "models/sd2" }, "MinIO");
  expect(checked).toMatchObject({ form: { typedPath: "models/sd2", path: "models/sd2/" } });
});

test("a plain Deployment's address is shorter than a Knative service's, and its timeout may be longer", () => {
  expect(faultsOf({ mode: "raw", name: "k".repeat(50), timeoutSeconds: "1800" })).toEqual([]);
});

test("any texts give a form with valid fields, or name the fields to correct", () => {
  const anything = fc.record(
    Object.fromEntries(
      DEPLOY_FIELDS.map((field) => [
        field,
        fc.oneof(fc.constant(SOUND[field]), fc.string({ unit: "binary", maxLength: 80 })),
      ]),
    ),
  );
  fc.assert(
    fc.property(anything, fc.string(), (change, connectionName) => {
      const checked = checkForm({ ...SOUND, ...change }, connectionName);
      const isSound =
        "form" in checked
          ? checked.form.path.endsWith("/")
          : checked.faults.every(({ error }) => error.message.length < 600);
      expect(isSound).toBe(true);
    }),
  );
});
