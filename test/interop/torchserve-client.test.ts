import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { configOf, NOTEBOOK_FORM } from "../../engine/archive/serving-form.ts";
import { darkroom } from "../fakes/command-line.ts";
import { StartedTorchServe } from "../fakes/started-torchserve.ts";
import { temporaryFolder } from "../fakes/temporary-folder.ts";
import { JsonPeer } from "./json-peer.ts";

const [MODEL, OTHER] = ["stable-diffusion", "other"];
const REQUEST = {
  id: "42",
  inputs: [{ name: "input0", shape: [-1], datatype: "BYTES", data: ["a red fish"] }],
};

type Call = (api: "management" | "inference", method: string, args?: object) => Promise<unknown>;

/** torchserve-client's calls over REST and gRPC, to a server in TorchServe's place with one model. */
async function aimed(): Promise<Readonly<Record<"rest" | "grpc", Call>>> {
  const folder = temporaryFolder();
  const store = join(folder, "model-store");
  mkdirSync(store);
  const archive = join(store, `${MODEL}.mar`);
  const packed = ["archive", "pack", "starter", "--form", "notebook", "--name", MODEL];
  const { code, err } = await darkroom([...packed, "--out", archive, "--data-dir", folder]);
  expect(code, err).toBe(0);
  copyFileSync(archive, join(store, `${OTHER}.mar`));
  const args = ["--start", "--disable-token-auth", "--enable-model-api", `--model-store=${store}`];
  const server = await StartedTorchServe.start(configOf(NOTEBOOK_FORM), { folder, args });
  await server.says(/stable-diffusion 1\.0 is ready\./);
  const rest = "inference and management";
  const ports = [rest, rest, "gRPC, management", "gRPC"].map((name) =>
    String(/:(\d+)$/.exec(server.address(name))?.[1]),
  );
  const peer = JsonPeer.start("torchserve-client", "torchserve_client_calls.py", ...ports);
  const calling =
    (over: string): Call =>
    (api, method, asked = {}) =>
      peer.ask({ over, api, method, args: asked });
  return { rest: calling("rest"), grpc: calling("grpc") };
}

const named = { model_name: OTHER };

test.each(["rest", "grpc"] as const)("torchserve-client manages models over %s", async (over) => {
  const { [over]: call } = await aimed();
  /** Over gRPC, a reply is REST's as text, or its status alone. */
  const asked = async (method: string, args: object = {}): Promise<unknown> => {
    const reply = await call("management", method, args);
    if (typeof reply !== "string") return reply;
    return /^[[{]/.test(reply) ? JSON.parse(reply) : { status: reply };
  };
  const registered = { url: `${OTHER}.mar`, ...named, initial_workers: 1, synchronous: true };
  expect(await asked("register_model", registered)).toEqual({
    status: `Model "${OTHER}" Version: 1.0 registered with 1 initial workers`,
  });
  expect(await asked("list_models")).toMatchObject({
    models: [{ modelName: MODEL }, { modelName: OTHER, modelUrl: `${OTHER}.mar` }],
  });
  expect(await asked("describe_model", named)).toMatchObject([
    { modelName: OTHER, workers: [{ status: "READY" }] },
  ]);
  const scale = over === "rest" ? "scale_workers" : "scale_worker";
  // Over REST it puts them into the body, where TorchServe does not read them either.
  const scaled =
    over === "rest" ? "Processing worker updates..." : `Workers scaled to 1 for model: ${OTHER}`;
  expect(await asked(scale, { ...named, min_worker: 1, synchronous: true })).toEqual({
    status: scaled,
  });
  const [key, method] =
    over === "rest" ? ["version", "set_default_version"] : ["model_version", "set_default"];
  expect(await asked(method, { ...named, [key]: "1.0" })).toMatchObject({
    status: `Default version successfully updated for model "${OTHER}" to "1.0"`,
  });
  expect(await asked("unregister_model", named)).toEqual({
    status: `Model "${OTHER}" unregistered`,
  });
  expect(await call("management", "describe_model", named)).toMatchObject({
    status: over === "rest" ? 404 : "NOT_FOUND",
    message: expect.stringContaining(OTHER),
  });
});

test("torchserve-client asks for health, for the document and, with a form, for a picture", async () => {
  const { rest } = await aimed();
  expect(await rest("inference", "health_check")).toEqual({ status: "Healthy" });
  expect(await rest("inference", "api_description")).toMatchObject({ openapi: "3.0.1" });
  const asked = { model_name: MODEL, data: JSON.stringify(REQUEST) };
  expect(await rest("inference", "prediction", asked)).toMatchObject({
    id: "42",
    outputs: [{ shape: [128, 128, 3] }],
  });
});
