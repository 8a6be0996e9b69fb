import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type ClientDuplexStream, type ClientReadableStream, status } from "@grpc/grpc-js";
import { expect, onTestFinished, test } from "vitest";
import { inferenceOffer, managementOffer } from "../../../engine/torchserve/grpc-services.ts";
import { ModelManagement } from "../../../engine/torchserve/management.ts";
import { ModelTable } from "../../../engine/torchserve/model-table.ts";
import type { KnownModel } from "../../../engine/serving/picture-engine.ts";
import { ConstantEngine } from "../../fakes/constant-engine.ts";
import { notebookMar } from "../../fakes/mar-writer.ts";
import { type Asked, asker, grpcClient, openGrpcServer } from "../../fakes/open-grpc-server.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

const LIMITS = { maxRequestBytes: 10_000, maxResponseBytes: 1_000_000 };
const INFERENCE = "org.pytorch.serve.grpc.inference.InferenceAPIsService";
const MANAGEMENT = "org.pytorch.serve.grpc.management.ManagementAPIsService";
const files = ["torchserve-inference.proto", "torchserve-management.proto"];
const NOTEBOOK = {
  id: "42",
  inputs: [{ name: "input0", shape: [-1], datatype: "BYTES", data: ["Photo of a dog"] }],
};

function inputOf(body: object | string, name = "data"): Readonly<Record<string, Buffer>> {
  return { [name]: Buffer.from(typeof body === "string" ? body : JSON.stringify(body)) };
}

async function inference(engine = new ConstantEngine()) {
  const server = await openGrpcServer({ engine, offer: inferenceOffer(LIMITS) });
  const options = { service: INFERENCE, files };
  return { ...server, ask: await asker(server.target, options) };
}

test("a picture equals REST's reply, whichever name its request has", async () => {
  const { ask } = await inference();
  for (const name of ["data", "body"]) {
    const asked = { model_name: "starter", input: inputOf(NOTEBOOK, name) };
    const { prediction } = await ask("Predictions", asked);
    expect(JSON.parse(String(prediction))).toMatchObject({
      id: "42",
      outputs: [{ name: "output0", datatype: "fp16", shape: [2, 4, 3] }],
    });
  }
  const v1 = { model_name: "starter", input: inputOf({ instances: [{ prompt: "a dog" }] }) };
  const { prediction } = await ask("Predictions", v1);
  expect(JSON.parse(String(prediction))).toMatchObject({ predictions: [expect.any(String)] });
});

test("health is reported, and protocol v2 is available at the same port", async () => {
  const { ask, target, engine } = await inference();
  expect(await ask("Ping")).toMatchObject({ health: '{\n  "status": "Healthy"\n}' });
  engine.served = undefined;
  expect(await ask("Ping")).toMatchObject({ health: '{\n  "status": "Unhealthy"\n}' });
  expect(await (await asker(target))("ServerReady")).toEqual({ ready: false });
});

test.each([
  [{ model_name: "nope", input: inputOf(NOTEBOOK) }, "NOT_FOUND", /^Model not found: nope\n/],
  [{ model_name: "starter", model_version: "9", input: inputOf(NOTEBOOK) }, "NOT_FOUND", /9/],
  [{ input: inputOf(NOTEBOOK) }, "INVALID_ARGUMENT", /model_name/],
  [{ model_name: "starter" }, "INVALID_ARGUMENT", /data or body/],
  [{ model_name: "starter", input: inputOf("{bad") }, "INVALID_ARGUMENT", /JSON/],
  [{ model_name: "starter", input: inputOf({}) }, "INVALID_ARGUMENT", /prompt/],
  [{ model_name: "starter", input: inputOf(" ".repeat(10_001)) }, "RESOURCE_EXHAUSTED", /10000/],
] as const)("%o is refused with TorchServe's two lines: %s", async (request, code, words) => {
  const { ask } = await inference();
  const refusal = await ask("Predictions", request).catch((error: unknown) => error);
  expect(refusal).toMatchObject({ code: status[code], details: expect.stringMatching(words) });
  expect(refusal).toMatchObject({ details: expect.stringMatching(/\norg\.pytorch\.serve\./) });
});

test("a stream of one reply, and one of several that continues after a refusal", async () => {
  const { target } = await inference();
  const client = await grpcClient(target, INFERENCE, { files });
  const asked = { model_name: "starter", input: inputOf(NOTEBOOK) };
  const one: ClientReadableStream<object> = Reflect.get(client, "StreamPredictions").call(
    client,
    asked,
  );
  const replies = await one.toArray();
  expect(replies).toHaveLength(1);
  const both: ClientDuplexStream<object, object> = Reflect.get(client, "StreamPredictions2").call(
    client,
  );
  both.write({ ...asked, model_name: "nope", sequence_id: "a" });
  both.write({ ...asked, sequence_id: "b" });
  both.end();
  const several = await both.toArray();
  expect(several).toMatchObject([
    { sequence_id: "a", status: { code: status.NOT_FOUND } },
    { sequence_id: "b", prediction: expect.any(Buffer) },
  ]);
});

test("a client that cancels ends its drawing", async () => {
  const engine = new ConstantEngine({ steps: 10_000, stepMs: 5 });
  const { target } = await inference(engine);
  const client = await grpcClient(target, INFERENCE, { files });
  const asked = { model_name: "starter", input: inputOf(NOTEBOOK) };
  const drawing: ClientReadableStream<object> = Reflect.get(client, "StreamPredictions").call(
    client,
    asked,
  );
  drawing.on("error", () => {});
  await expect.poll(() => engine.jobs.length).toBe(1);
  drawing.cancel();
  await expect.poll(() => engine.abortedJobs).toBe(1);
});

async function management({ isModelApiOn = true } = {}): Promise<Asked> {
  const modelStore = temporaryFolder();
  writeFileSync(join(modelStore, "sd.mar"), notebookMar());
  const [{ summary }] = (await new ConstantEngine().models()) as [KnownModel];
  const table = new ModelTable(async ({ name }) => {
    if (name === "broken") throw new Error("damaged");
  });
  const offer = managementOffer(
    new ModelManagement({
      table,
      engine: { models: async () => table.list().map((entry) => ({ summary, ...entry })) },
      modelStore,
      isModelApiOn,
      responseSeconds: 120,
      waiting: () => ({ count: 0, left: 10 }),
      device: () => "cpu",
      logError: () => {},
    }),
  );
  const { target } = await openGrpcServer({ offer });
  onTestFinished(() => table.close());
  return asker(target, { service: MANAGEMENT, files });
}

test("a model is registered, listed, described, scaled, made the default and removed", async () => {
  const ask = await management();
  const told = async (method: string, request: object = {}): Promise<string> =>
    String((await ask(method, request))["msg"]);
  const sd = { url: "sd.mar", model_name: "sd", initial_workers: 1, synchronous: true };
  expect(await told("RegisterModel", sd)).toBe(
    'Model "sd" Version: 1.0 registered with 1 initial workers',
  );
  expect(JSON.parse(await told("ListModels"))).toEqual({
    models: [{ modelName: "sd", modelUrl: "sd.mar" }],
  });
  for (const version of ["", "1.0", "all"]) {
    const [one] = JSON.parse(
      await told("DescribeModel", { model_name: "sd", model_version: version }),
    );
    expect(one).toMatchObject({ modelVersion: "1.0", workers: [{ status: "READY" }] });
  }
  expect(await told("ScaleWorker", { model_name: "sd", min_worker: 2, synchronous: true })).toBe(
    "Workers scaled to 2 for model: sd",
  );
  expect(await told("SetDefault", { model_name: "sd", model_version: "1.0" })).toBe(
    'Default version successfully updated for model "sd" to "1.0"',
  );
  expect(await told("UnregisterModel", { model_name: "sd" })).toBe('Model "sd" unregistered');
  expect(JSON.parse(await told("ListModels"))).toEqual({ models: [] });
});

test("missing and invalid names are refused with TorchServe's codes", async () => {
  const ask = await management();
  const codeOf = (method: string, request: object): Promise<unknown> =>
    ask(method, request).then(
      () => status.OK,
      (error: { readonly code: status }) => error.code,
    );
  expect(await codeOf("DescribeModel", { model_name: "no" })).toBe(status.NOT_FOUND);
  expect(await codeOf("UnregisterModel", {})).toBe(status.INVALID_ARGUMENT);
  expect(await codeOf("RegisterModel", {})).toBe(status.INVALID_ARGUMENT);
  expect(await codeOf("RegisterModel", { url: "no.mar" })).toBe(status.NOT_FOUND);
  expect(await codeOf("RegisterModel", { url: "../sd.mar" })).toBe(status.INVALID_ARGUMENT);
  expect(await codeOf("RegisterModel", { url: "https://example.org/sd.mar" })).toBe(
    status.INVALID_ARGUMENT,
  );
  const broken = { url: "sd.mar", model_name: "broken", initial_workers: 1, synchronous: true };
  expect(await codeOf("RegisterModel", broken)).toBe(status.INTERNAL);
  expect(JSON.parse(String((await ask("ListModels"))["msg"]))).toEqual({ models: [] });
});

test("without --enable-model-api nothing is registered", async () => {
  const ask = await management({ isModelApiOn: false });
  await expect(ask("RegisterModel", { url: "sd.mar" })).rejects.toThrow(/enable-model-api/);
});
