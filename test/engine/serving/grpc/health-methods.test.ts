import { status } from "@grpc/grpc-js";
import { expect, test } from "vitest";
import { asker, grpcClient, openGrpcServer } from "../../../fakes/open-grpc-server.ts";

const HEALTH = "grpc.health.v1.Health";

test("a probe without a key learns whether the next request would be drawn", async () => {
  const { target, engine } = await openGrpcServer({ settings: { isKeyRequired: true } });
  const ask = await asker(target, { service: HEALTH });
  expect(await ask("Check")).toEqual({ status: 1 });
  expect(await ask("Check", { service: "inference.GRPCInferenceService" })).toEqual({ status: 1 });
  engine.served = undefined;
  expect(await ask("Check")).toEqual({ status: 2 });
  await expect(ask("Check", { service: "none" })).rejects.toMatchObject({
    code: status.NOT_FOUND,
  });
});

test("a watcher is notified at once, and of each change", async () => {
  const { target, engine } = await openGrpcServer();
  const client = await grpcClient(target, HEALTH);
  const watching = (Reflect.get(client, "Watch") as (request: object) => unknown).call(client, {});
  const told = (watching as AsyncIterable<{ status: number }>)[Symbol.asyncIterator]();
  expect((await told.next()).value).toEqual({ status: 1 });
  engine.served = undefined;
  expect((await told.next()).value).toEqual({ status: 2 });
  await told.return?.();
});
