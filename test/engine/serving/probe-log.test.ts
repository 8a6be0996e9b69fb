import { expect, test } from "vitest";
import { ConstantEngine } from "../../fakes/constant-engine.ts";
import { asker, openGrpcServer } from "../../fakes/open-grpc-server.ts";
import { openConstantServer } from "../../fakes/open-inference-server.ts";

test("a probe is logged when it starts to fail, and when it is answered again", async () => {
  const engine = new ConstantEngine();
  const { origin, requests } = await openConstantServer({}, engine);
  const statuses = (): unknown[] => requests.list().map(({ path, status }) => [path, status]);
  const probe = async (): Promise<void> => {
    for (let i = 0; i < 3; i++) await fetch(`${origin}/v2/health/ready`);
    await fetch(`${origin}/v2/health/live`);
    await fetch(`${origin}/metrics`);
  };
  await probe();
  expect(statuses()).toEqual([]);
  await engine.unload("starter");
  await probe();
  await expect.poll(statuses).toEqual([["/v2/health/ready", 503]]);
  await engine.load("starter");
  await probe();
  await expect.poll(statuses).toEqual([
    ["/v2/health/ready", 200],
    ["/v2/health/ready", 503],
  ]);
});

test("a probe over gRPC is logged if it fails", async () => {
  const { target, requests } = await openGrpcServer();
  const ask = await asker(target, { service: "grpc.health.v1.Health" });
  await ask("Check", {});
  for (let i = 0; i < 2; i++) {
    await expect(ask("Check", { service: "nobody" })).rejects.toThrow("NOT_FOUND");
  }
  expect(requests.list()).toMatchObject([{ method: "gRPC", status: 404 }]);
});
