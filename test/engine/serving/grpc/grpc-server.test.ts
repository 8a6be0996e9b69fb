import { once } from "node:events";
import { promisify } from "node:util";
import { type Client, type ClientReadableStream, status } from "@grpc/grpc-js";
import { expect, test } from "vitest";
import { ConstantEngine } from "../../../fakes/constant-engine.ts";
import { takenPort } from "../../../fakes/taken-port.ts";
import { asker, grpcClient, openGrpcServer } from "../../../fakes/open-grpc-server.ts";
import { GrpcServer } from "../../../../engine/serving/grpc/grpc-server.ts";

test("a client of grpc-js is answered, and the call is logged; probes are not", async () => {
  const { target, requests, mistakes } = await openGrpcServer();
  const ask = await asker(target);
  expect(await ask("ServerLive")).toEqual({ live: true });
  expect(await ask("ServerMetadata")).toMatchObject({ name: "darkroom" });
  expect(requests.list()).toMatchObject([
    {
      method: "gRPC",
      path: "/inference.GRPCInferenceService/ServerMetadata",
      state: "answered",
      status: 200,
    },
  ]);
  expect(mistakes).toEqual([]);
});

test("a port in use is named", async () => {
  const port = await takenPort();
  const { file, engine, admission, requests } = await openGrpcServer();
  const parts = { file, engine, admission, requests };
  const listening = GrpcServer.listen({ host: "127.0.0.1", port, tries: 1 }, parts as never);
  await expect(listening).rejects.toMatchObject({ code: "PORT_IN_USE", details: { port } });
});

test("after closing no call is answered", async () => {
  const { target, server } = await openGrpcServer();
  const ask = await asker(target);
  await ask("ServerLive");
  await server.close();
  await expect(ask("ServerLive")).rejects.toMatchObject({ code: status.UNAVAILABLE });
});

test("an address with all of its connections gets a new one for its oldest idle one", async () => {
  const { target, engine } = await openGrpcServer({
    engine: new ConstantEngine({ stepMs: 300 }),
    sockets: { most: 100, mostOfAddress: 3 },
  });
  // Separate channels, so that each has its own connection.
  const channel = { "grpc.use_local_subchannel_pool": 1 };
  const inputs = [
    {
      name: "prompt",
      datatype: "BYTES",
      shape: [1],
      contents: { bytes_contents: [Buffer.from("a fish")] },
    },
  ];
  const drawing = (await asker(target, { channel }))("ModelInfer", {
    model_name: "starter",
    inputs,
  });
  await expect.poll(() => engine.jobs.length).toBe(1);
  for (let i = 0; i < 6; i++) {
    const ask = await asker(target, { channel });
    expect(await ask("ServerLive")).toEqual({ live: true });
  }
  expect(await drawing).toMatchObject({ model_name: "starter" });
});

test.each([
  ["watches health, without a key", "grpc.health.v1.Health", "Watch", true],
  ["sends nothing to a stream", "inference.GRPCInferenceService", "ModelStreamInfer", false],
])("a client that %s blocks nobody of its address", async (_, service, method, isKeyRequired) => {
  const { target } = await openGrpcServer({
    settings: { isKeyRequired },
    sockets: { most: 100, mostOfAddress: 3 },
    lent: [{ name: "key", secret: "k".repeat(40) }],
  });
  const channel = { "grpc.use_local_subchannel_pool": 1 };
  for (let i = 0; i < 3; i++) {
    const client = await grpcClient(target, service, { channel });
    const open = Reflect.get(client, method) as (request?: object) => ClientReadableStream<object>;
    const stream = isKeyRequired ? open.call(client, {}) : open.call(client);
    stream.on("error", () => {});
    if (isKeyRequired) await once(stream, "data");
    else await waitUntilConnected(client);
  }
  const ask = await asker(target, { channel });
  expect(await ask("ServerLive")).toEqual({ live: true });
});

function waitUntilConnected(client: Client): Promise<void> {
  return promisify(client.waitForReady.bind(client))(Date.now() + 5000);
}
