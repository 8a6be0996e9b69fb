import { readFileSync } from "node:fs";
import { load, loadFileDescriptorSetFromBuffer, type PackageDefinition } from "@grpc/proto-loader";
import { expect, test } from "vitest";
import { GrpcDefinition } from "../../../../engine/serving/grpc/grpc-definition.ts";

const FOLDER = "assets/grpc";
const FILES = [
  "inference.proto",
  "health.proto",
  "reflection-v1.proto",
  "reflection-v1alpha.proto",
  "torchserve-inference.proto",
  "torchserve-management.proto",
];

/** Messages, their fields by number, and methods, each as one text. */
function told(definition: PackageDefinition): string[] {
  return Object.entries(definition)
    .flatMap(([name, entry]) =>
      "format" in entry
        ? membersOf(name, entry.type)
        : Object.values(entry).map(({ path }) => path),
    )
    .toSorted();
}

function membersOf(name: string, type: object): string[] {
  const { field = [] } = type as { field?: { name: string; number: number; type: string }[] };
  return field.map((one) => `${name} ${one.number} ${one.name} ${one.type}`);
}

test("the descriptors that reflection returns are those of the files", async () => {
  const options = { keepCase: true, includeDirs: [FOLDER] };
  const descriptors = readFileSync(`${FOLDER}/descriptors.protoset`);
  const files = told(await load(FILES, options));
  expect(files.length).toBeGreaterThan(80);
  expect(told(loadFileDescriptorSetFromBuffer(descriptors, { keepCase: true }))).toEqual(files);
});

test("every service is found by its name, and so are its messages", async () => {
  const definition = await GrpcDefinition.read();
  const service = definition.fileOf("inference.GRPCInferenceService");
  expect(service).toBeDefined();
  expect(definition.fileOf("inference.ModelInferRequest.InferInputTensor")).toBe(service);
  expect(definition.fileNamed("inference.proto")).toBe(service);
  expect(definition.fileOf("grpc.health.v1.Health")).toBe(definition.fileNamed("health.proto"));
  expect(definition.fileOf("inference")).toBeUndefined();
});

test("a listener lists only its own services", async () => {
  const management = "torchserve-management.proto";
  const definition = await GrpcDefinition.read([management]);
  expect(definition.services).toContain("org.pytorch.serve.grpc.management.ManagementAPIsService");
  expect(definition.services).not.toContain("inference.GRPCInferenceService");
  expect(definition.fileNamed(management)).toBeDefined();
  expect(definition.fileNamed("inference.proto")).toBeUndefined();
  expect(definition.fileOf("org.pytorch.serve.grpc.management.ManagementAPIsService")).toBe(
    definition.fileNamed(management),
  );
});
