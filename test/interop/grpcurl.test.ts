import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { HostProcess } from "../e2e/host-process.ts";
import { temporaryFolder } from "../fakes/temporary-folder.ts";
import { programOf } from "./go-program.ts";

const SERVICE = "inference.GRPCInferenceService";

/** `darkroom serve` with the starter; grpcurl learns its methods by reflection. */
async function aimed(): Promise<(method: string, ...messages: object[]) => Promise<string>> {
  const ports = ["--port", "0", "--endpoint-port", "0", "--grpc-port", "0"];
  const host = new HostProcess([...ports, "--data-dir", temporaryFolder()]);
  onTestFinished(() => host.stop("SIGKILL"));
  await host.start();
  return async (method, ...messages) => {
    const text = messages.map((message) => JSON.stringify(message)).join("\n");
    const asked = [host.grpc ?? "", method, text];
    return (await promisify(execFile)(programOf("grpcurl"), asked)).stdout;
  };
}

const SMALL = {
  model_name: "stable-diffusion",
  id: "7",
  parameters: {
    steps: { int64_param: 2 },
    width: { int64_param: 64 },
    height: { int64_param: 64 },
  },
  inputs: [
    {
      name: "prompt",
      datatype: "BYTES",
      shape: [1],
      contents: { bytes_contents: [Buffer.from("a red fish").toString("base64")] },
    },
  ],
};

test("grpcurl learns the methods by reflection, and draws with them", async () => {
  const ask = await aimed();
  expect((await ask("list")).trim().split("\n")).toEqual([
    "grpc.health.v1.Health",
    "grpc.reflection.v1.ServerReflection",
    "grpc.reflection.v1alpha.ServerReflection",
    SERVICE,
  ]);
  // The server probes devices first.
  await expect
    .poll(async () => JSON.parse(await ask("grpc.health.v1.Health/Check", {})), { timeout: 60_000 })
    .toEqual({ status: "SERVING" });
  expect(JSON.parse(await ask(`${SERVICE}/ServerReady`, {}))).toEqual({ ready: true });
  const picture = JSON.parse(await ask(`${SERVICE}/ModelInfer`, SMALL));
  expect(picture).toMatchObject({ id: "7", outputs: [{ shape: ["64", "64", "3"] }] });
  expect(Buffer.from(picture.rawOutputContents[0], "base64")).toHaveLength(64 * 64 * 3);
  const streamed = await ask(`${SERVICE}/ModelStreamInfer`, SMALL, { ...SMALL, model_name: "no" });
  expect(streamed).toContain('"step"');
  expect(streamed).toContain("errorMessage");
  await expect(ask(`${SERVICE}/ModelReady`, { name: "no" })).rejects.toThrow("NotFound");
});
