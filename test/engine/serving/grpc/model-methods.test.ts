import { status } from "@grpc/grpc-js";
import { expect, test } from "vitest";
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
