import { expect, onTestFinished, test } from "vitest";
import { AdmissionQueue } from "../../../engine/serving/admission-queue.ts";
import { quietLog } from "../../../engine/serving/quiet-log.ts";
import { RequestLog } from "../../../engine/serving/request-log.ts";
import { installRoutes } from "../../../engine/serving/routes/install-routes.ts";
import { ServerFile } from "../../../engine/serving/server-file.ts";
import { LocalServer } from "../../../engine/studio/local-server.ts";
import type { ServingOptions } from "../../../engine/studio/serving-run.ts";
import type { ServerChange } from "../../../engine/contract/server.ts";
import { ConstantEngine } from "../../fakes/constant-engine.ts";
import { certificate } from "../../fakes/certificates.ts";
import { asker } from "../../fakes/open-grpc-server.ts";
import { refusal } from "../../fakes/refusal.ts";
import { takenPort } from "../../fakes/taken-port.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";
import { tlsFiles } from "../../fakes/tls-files.ts";

async function begun(settings: ServerChange, run: ServingOptions = {}): Promise<LocalServer> {
  const file = await ServerFile.open(temporaryFolder());
  await file.change({ port: 0, ...settings });
  const engine = new ConstantEngine();
  const admission = new AdmissionQueue({ engine, settings: () => file.settings() });
  const requests = new RequestLog(() => undefined);
  const listening = {
    file,
    engine,
    admission,
    requests,
    installRoutes,
    log: quietLog(() => undefined),
  };
  const parts = {
    file,
    admission,
    events: { publish: () => undefined },
    served: () => engine.served,
    listening,
  };
  const server = new LocalServer(parts, run);
  onTestFinished(() => server.close());
  await server.begin();
  return server;
}

async function isLive(target: string | undefined): Promise<unknown> {
  return (await asker(target ?? ""))("ServerLive");
}

test("gRPC is off until it is switched on, and stops with its server", async () => {
  const server = await begun({});
  expect(server.get()).not.toHaveProperty("grpcTarget");
  const { grpcTarget } = await server.change({ grpcPort: 0 });
  expect(await isLive(grpcTarget)).toEqual({ live: true });
  expect(await server.stop()).not.toHaveProperty("grpcTarget");
  await expect(isLive(grpcTarget)).rejects.toThrow("UNAVAILABLE");
  expect((await server.start()).grpcTarget).toMatch(/^127\.0\.0\.1:\d+$/);
  expect(await server.change({ grpcPort: null })).not.toHaveProperty("grpcTarget");
});

test("a port of this run is not saved", async () => {
  const server = await begun({}, { grpcPort: 0 });
  const { grpcTarget, settings } = server.get();
  expect([await isLive(grpcTarget), settings.grpcPort]).toEqual([{ live: true }, null]);
});

test("a port in use is reported beside the running server, or nothing changes", async () => {
  const grpcPort = await takenPort();
  const server = await begun({ grpcPort });
  expect(server.get()).toMatchObject({ state: "running", grpcError: { code: "PORT_IN_USE" } });
  const { grpcTarget } = await server.change({ grpcPort: 0 });
  await expect(server.change({ grpcPort })).rejects.toThrow(refusal("PORT_IN_USE"));
  expect(server.get()).toMatchObject({ grpcTarget, settings: { grpcPort: 0 } });
  const required = begun({}, { grpcPort, isRequired: true });
  await expect(required).rejects.toThrow(refusal("PORT_IN_USE"));
});

test("a certificate is checked when it is chosen, and both listeners present it at once", async () => {
  const server = await begun({ grpcPort: 0 });
  const before = server.get();
  const files = tlsFiles(await certificate());
  const wrong = { ...files, cert: `${files.cert}.absent` };
  await expect(server.change({ tls: wrong })).rejects.toThrow(refusal("CERTIFICATE_UNUSABLE"));
  expect(server.get()).toEqual(before);
  const after = await server.change({ tls: files });
  expect(after).toMatchObject({ settings: { tls: files }, tls: { warnings: [] } });
  expect(after.origin).toMatch(/^https:/);
  await expect(isLive(after.grpcTarget)).rejects.toThrow("UNAVAILABLE");
  await server.stop();
  await expect(server.change({ tls: wrong })).rejects.toThrow(refusal("CERTIFICATE_UNUSABLE"));
  const plain = await server.change({ tls: null, isOn: true });
  expect([plain.origin, plain.tls]).toEqual([expect.stringMatching(/^http:/), undefined]);
});

test("a certificate of this run is not saved", async () => {
  const server = await begun({}, { tls: tlsFiles(await certificate()) });
  const { origin, settings } = server.get();
  expect([origin, settings.tls]).toEqual([expect.stringMatching(/^https:/), null]);
});
