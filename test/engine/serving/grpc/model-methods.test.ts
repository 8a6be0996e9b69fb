import { Client, credentials, status } from "@grpc/grpc-js";
import { describe, expect, onTestFinished, test } from "vitest";
import { ModelTallies } from "../../../../engine/serving/model-tallies.ts";
import { ConstantEngine } from "../../../fakes/constant-engine.ts";
import { asker, openGrpcServer } from "../../../fakes/open-grpc-server.ts";

test("server and model are described as over REST", async () => {
  const { target } = await openGrpcServer();
  const ask = await asker(target);
  expect(await ask("ServerReady")).toEqual({ ready: true });
  expect(await ask("ServerMetadata")).toMatchObject({
    name: "darkroom",
    extensions: expect.arrayContaining(["model_repository"]),
  });
  expect(await ask("ModelMetadata", { name: "stable-diffusion" })).toMatchObject({
    name: "stable-diffusion",
    versions: ["1.0"],
    platform: "darkroom_diffusers",
    inputs: expect.arrayContaining([{ name: "prompt", datatype: "BYTES", shape: ["-1"] }]),
    outputs: [{ name: "image", datatype: "UINT8", shape: ["-1", "-1", "-1", "3"] }],
    properties: expect.objectContaining({ width: "64" }),
  });
  expect(await ask("ModelReady", { name: "starter", version: "1.0" })).toEqual({ ready: true });
});

test("unknown names are refused with a code and REST's message", async () => {
  const { target } = await openGrpcServer();
  const ask = await asker(target);
  await expect(ask("ModelReady", { name: "nobody's" })).rejects.toMatchObject({
    code: status.NOT_FOUND,
    details: expect.stringContaining("nobody's"),
  });
  await expect(ask("ModelReady", { name: "starter", version: "7" })).rejects.toMatchObject({
    code: status.NOT_FOUND,
    details: expect.stringContaining("1.0"),
  });
});

test("statistics are REST's, for one model and for all", async () => {
  const tallies = new ModelTallies();
  tallies.add("success", 5000);
  tallies.addPicture({ load: 0, text: 1, denoise: 3, decode: 0.5 }, 1_700_000_000_000);
  const statisticsOf = () => tallies.shown();
  const { target } = await openGrpcServer({
    engine: Object.assign(new ConstantEngine(), { statisticsOf }),
  });
  const ask = await asker(target);
  const starter = {
    name: "starter",
    version: "1.0",
    last_inference: "1700000000000",
    inference_count: "1",
    execution_count: "1",
    inference_stats: expect.objectContaining({
      success: { count: "1", ns: "5000000000" },
      compute_input: { count: "1", ns: "1000000000" },
      compute_infer: { count: "1", ns: "3000000000" },
      compute_output: { count: "1", ns: "500000000" },
    }),
    batch_stats: [
      expect.objectContaining({
        batch_size: "1",
        compute_infer: { count: "1", ns: "3000000000" },
      }),
    ],
  };
  expect(await ask("ModelStatistics", { name: "starter", version: "1.0" })).toEqual({
    model_stats: [starter],
  });
  expect(await ask("ModelStatistics")).toEqual({
    model_stats: [expect.objectContaining({ name: "other" }), starter],
  });
  await expect(ask("ModelStatistics", { name: "nobody's" })).rejects.toMatchObject({
    code: status.NOT_FOUND,
  });
});

describe("Triton's methods that are not offered are refused by their names", () => {
  test.each(["ModelConfig", "TraceSetting", "LogSettings", "SystemSharedMemoryStatus"])(
    "%s",
    async (method) => {
      const { target } = await openGrpcServer();
      const client = new Client(target, credentials.createInsecure());
      onTestFinished(() => client.close());
      const path = `/inference.GRPCInferenceService/${method}`;
      const whole = (bytes: Buffer): Buffer => bytes;
      const calling = new Promise((resolve, reject) => {
        client.makeUnaryRequest(path, whole, whole, Buffer.alloc(0), (error, reply) =>
          error === null ? resolve(reply) : reject(error),
        );
      });
      await expect(calling).rejects.toMatchObject({
        code: status.UNIMPLEMENTED,
        details: expect.stringContaining(method),
      });
    },
  );
});

test("models are listed, loaded and unloaded, and readiness follows", async () => {
  const { target, engine } = await openGrpcServer();
  const ask = await asker(target);
  expect(await ask("RepositoryIndex")).toEqual({
    models: [
      { name: "other", version: "1.0", state: "UNAVAILABLE", reason: "it is not loaded" },
      { name: "starter", version: "1.0", state: "READY", reason: "" },
    ],
  });
  expect(await ask("RepositoryIndex", { ready: true })).toMatchObject({
    models: [{ name: "starter" }],
  });
  expect(await ask("RepositoryModelUnload", { model_name: "starter" })).toEqual({});
  expect(await ask("ServerReady")).toEqual({ ready: false });
  expect(await ask("ModelReady", { name: "starter" })).toEqual({ ready: false });
  expect(await ask("RepositoryModelLoad", { model_name: "other" })).toEqual({});
  expect(engine.loads).toEqual(["unload starter", "load other"]);
  const loading = ask("RepositoryModelLoad", {
    model_name: "other",
    parameters: { config: { string_param: "{}" } },
  });
  await expect(loading).rejects.toMatchObject({ code: status.INVALID_ARGUMENT });
});
