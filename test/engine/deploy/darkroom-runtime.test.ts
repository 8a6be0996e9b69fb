import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { type DeployDraft, deployDraftSchema } from "../../../engine/contract/deploy.ts";
import type { ConnectionFacts } from "../../../engine/deploy/access.ts";
import { darkroomRuntime } from "../../../engine/deploy/darkroom-runtime.ts";
import { checkForm } from "../../../engine/deploy/form.ts";
import { deployment } from "../../../engine/deploy/manifests.ts";

const CONNECTION: ConnectionFacts = {
  name: "MinIO",
  endpoint: "https://minio.sd-proj.example",
  region: null,
  bucket: "models",
  hasCa: false,
};

const DRAFT: DeployDraft = deployDraftSchema.parse({
  connectionId: "c",
  path: "stable-diffusion",
  name: "darkroom",
  runtime: "darkroom",
  image: "registry.example/darkroom:0.1.0",
  gpus: "0",
  cpuRequest: "1",
  cpuLimit: "4",
  memoryRequest: "3Gi",
  memoryLimit: "3Gi",
});

const asset = (name: string): Record<string, object> =>
  parse(readFileSync(`assets/deploy/${name}`, "utf8"));

test("the files of assets/deploy equal what the page makes of this form", () => {
  const checked = checkForm(DRAFT, "c");
  if (!("form" in checked)) throw new Error(JSON.stringify(checked.faults));
  const made = darkroomRuntime(checked.form);
  const one = asset("serving-runtime.yaml");
  expect(one).toEqual({ ...made, metadata: { ...made.metadata, namespace: undefined } });
  const forAll = checkForm({ ...DRAFT, name: "kt2", runtimeScope: "cluster" }, "c");
  if (!("form" in forAll)) throw new Error(JSON.stringify(forAll.faults));
  expect(asset("cluster-serving-runtime.yaml")).toEqual(darkroomRuntime(forAll.form));
});

test("a runtime for the whole cluster belongs to no project, and the deployment names it", () => {
  const draft = { ...DRAFT, name: "kt2", runtimeScope: "cluster" };
  const { files, commands, notes } = deployment(draft, CONNECTION);
  const [, , runtime, service] = files;
  expect(runtime).toMatchObject({
    name: "3-serving-runtime.yaml",
    kinds: ["ClusterServingRuntime"],
  });
  expect(parse(runtime?.text ?? "")).toMatchObject({ kind: "ClusterServingRuntime" });
  expect(runtime?.text).not.toContain("namespace");
  expect(runtime?.differences.filter(({ reason }) => reason === "")).toEqual([]);
  expect(parse(service?.text ?? "")).toMatchObject({
    metadata: { name: "kt2" },
    spec: { predictor: { model: { runtime: "darkroom" } } },
  });
  expect(commands).toMatchObject({
    applyFirst: "oc apply -f kt2/3-serving-runtime.yaml",
    apply: "oc apply -f kt2/",
  });
  expect(notes.join(" ")).toContain("cluster administrator (role cluster-admin)");
  const forOne = deployment({ ...draft, runtimeScope: "project" }, CONNECTION);
  expect(forOne.commands).not.toHaveProperty("applyFirst");
});

test("only Darkroom's runtime can be for the whole cluster", () => {
  const { faults } = deployment(
    { ...DRAFT, runtime: "torchserve", image: "mine:1", runtimeScope: "cluster" },
    CONNECTION,
  );
  expect(faults.map(({ field, error }) => [field, error.code])).toEqual([
    ["runtimeScope", "DEPLOY_CHOICE_UNKNOWN"],
  ]);
});

test("Darkroom's runtime accepts the document's own command, and says what else it needs", () => {
  const { files, commands, notes } = deployment({ ...DRAFT, gpus: "1" }, CONNECTION);
  expect(files.map(({ name }) => name)).not.toContain("Containerfile");
  expect(commands.build).toEqual([
    "docker build -f assets/deploy/Containerfile --build-arg DEVICES=cuda -t registry.example/darkroom:0.1.0 .",
    "docker push registry.example/darkroom:0.1.0",
  ]);
  expect(existsSync("assets/deploy/Containerfile")).toBe(true);
  expect(notes.join(" ")).not.toContain("too low");
  const { differences = [] } = files.find(({ kinds }) => kinds[0] === "ServingRuntime") ?? {};
  expect(differences.filter(({ reason }) => reason === "")).toEqual([]);
});

test("the document's own limits are reported as too low, with the needed values", () => {
  const { notes } = deployment({ ...DRAFT, memoryRequest: "2Gi", memoryLimit: "2Gi" }, CONNECTION);
  expect(notes.join(" ")).toContain("Raise it to 3Gi at least");
});

test("TorchServe's image is not used for Darkroom", () => {
  const { faults } = deployment(
    deployDraftSchema.parse({ ...DRAFT, image: undefined }),
    CONNECTION,
  );
  expect(faults.map(({ field }) => field)).toEqual(["image"]);
});
