import { status } from "@grpc/grpc-js";
import { expect, test } from "vitest";
import { takenPort } from "../../../fakes/taken-port.ts";
import { asker, openGrpcServer } from "../../../fakes/open-grpc-server.ts";
import { GrpcServer } from "../../../../engine/serving/grpc/grpc-server.ts";

test("a client of grpc-js hears that the server lives, and the call is written down", async () => {
  const { target, requests, mistakes } = await openGrpcServer();
  const ask = await asker(target);
  expect(await ask("ServerLive")).toEqual({ live: true });
  expect(requests.list()).toMatchObject([
    {
      method: "gRPC",
      path: "/inference.GRPCInferenceService/ServerLive",
      state: "answered",
      status: 200,
    },
  ]);
  expect(mistakes).toEqual([]);
});

test("a port that is taken is named", async () => {
  const port = await takenPort();
  const { file, engine, admission, requests } = await openGrpcServer();
  const parts = { file, engine, admission, requests };
  const listening = GrpcServer.listen({ host: "127.0.0.1", port, tries: 1 }, parts as never);
  await expect(listening).rejects.toMatchObject({ code: "PORT_IN_USE", details: { port } });
});

test("after closing nobody is answered", async () => {
  const { target, server } = await openGrpcServer();
  const ask = await asker(target);
  await ask("ServerLive");
  await server.close();
  await expect(ask("ServerLive")).rejects.toMatchObject({ code: status.UNAVAILABLE });
});
