import { syncBuiltinESMExports } from "node:module";
import os, { type NetworkInterfaceInfo } from "node:os";
import { expect, onTestFinished, test, vi } from "vitest";
import { AdmissionQueue } from "../../../engine/serving/admission-queue.ts";
import { InferenceServer } from "../../../engine/serving/inference-server.ts";
import { quietLog } from "../../../engine/serving/quiet-log.ts";
import { RequestLog } from "../../../engine/serving/request-log.ts";
import { installRoutes } from "../../../engine/serving/routes/install-routes.ts";
import { ServerFile } from "../../../engine/serving/server-file.ts";
import { ConstantEngine } from "../../fakes/constant-engine.ts";
import { openConstantServer, openInferenceServer } from "../../fakes/open-inference-server.ts";
import { parsed, rawRequest } from "../../fakes/raw-request.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";
import { takenPort } from "../../fakes/taken-port.ts";

const INFER = "/v2/models/stable-diffusion/infer";
const BODY = JSON.stringify({
  inputs: [{ name: "prompt", shape: [1], datatype: "BYTES", data: ["a red fish"] }],
});

function post(origin: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  return fetch(origin + INFER, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: BODY,
  });
}

async function listen(host: string, port: number, tries = 1): Promise<InferenceServer> {
  const engine = new ConstantEngine();
  const file = await ServerFile.open(temporaryFolder());
  const admission = new AdmissionQueue({ engine, settings: () => file.settings() });
  const requests = new RequestLog(() => undefined);
  const parts = {
    file,
    engine,
    admission,
    requests,
    installRoutes,
    log: quietLog(() => undefined),
  };
  const server = await InferenceServer.listen({ host, port, tries }, parts);
  onTestFinished(() => server.close());
  return server;
}

test("a port in use is named, or the next free one is used", async () => {
  const port = await takenPort();
  await expect(listen("127.0.0.1", port)).rejects.toMatchObject({
    code: "PORT_IN_USE",
    details: { host: "127.0.0.1", port },
  });
  expect(Number(new URL((await listen("127.0.0.1", port, 20)).origin).port)).toBeGreaterThan(port);
});

test.each(["0.0.0.0", "::", "192.0.2.7", "host.example"])(
  "%s is listened on with a key only",
  async (host) => {
    await expect(listen(host, 0)).rejects.toMatchObject({ code: "KEY_NEEDED", details: { host } });
  },
);

test("if others can reach it every request needs a key, but probes do not", async () => {
  const lent = [{ name: "lent", secret: "k".repeat(43) }];
  const { origin } = await openInferenceServer({
    engine: new ConstantEngine(),
    host: "0.0.0.0",
    lent,
  });
  const headers = { authorization: `Bearer ${lent[0]!.secret}` };
  const replies = [
    await post(origin),
    await post(origin, headers),
    await fetch(`${origin}/v2/health/ready`),
  ];
  expect(replies.map(({ status }) => status)).toEqual([401, 200, 200]);
  expect(replies[0]!.headers.get("www-authenticate")).toBe('Bearer realm="darkroom"');
  expect(await replies[0]!.json()).toEqual({ error: expect.any(String), code: "KEY_REFUSED" });
});

test("each kind of refused key has its challenge, and A1111's API also asks for a password", async () => {
  const { origin, file } = await openConstantServer({ isKeyRequired: true, isA1111On: true });
  const { secret } = await file.addKey({
    name: "pictures only",
    scopes: ["inference"],
    isSeedProfile: false,
    keepsPictures: false,
  });
  const challenge = async (path: string, authorization?: string) => {
    const reply = await fetch(origin + path, {
      method: path.endsWith("/load") ? "POST" : "GET",
      headers: authorization === undefined ? {} : { authorization },
    });
    return [reply.status, reply.headers.get("www-authenticate")];
  };
  const bearer = 'Bearer realm="darkroom"';
  const basic = 'Basic realm="darkroom", charset="UTF-8"';
  expect(await challenge("/v2")).toEqual([401, bearer]);
  expect(await challenge("/v2", "Bearer unknown")).toEqual([
    401,
    `${bearer}, error="invalid_token"`,
  ]);
  expect(await challenge("/sdapi/v1/options")).toEqual([401, `${bearer}, ${basic}`]);
  expect(await challenge("/sdapi/v1/options", "Basic bWU6bm9uZQ==")).toEqual([
    401,
    `${bearer}, error="invalid_token", ${basic}`,
  ]);
  expect(await challenge("/v2/repository/models/starter/load", `Bearer ${secret}`)).toEqual([
    403,
    `${bearer}, error="insufficient_scope", scope="management"`,
  ]);
  expect(await challenge("/v2/health/live")).toEqual([200, null]);
});

test("what cannot wait gets 503 with the seconds after which to retry", async () => {
  const { origin } = await openConstantServer(
    { queueLength: 1 },
    new ConstantEngine({ stepMs: 100 }),
  );
  const replies = await Promise.all(Array.from({ length: 6 }, () => post(origin)));
  const statuses = replies.map(({ status }) => status).toSorted((a, b) => a - b);
  expect(statuses).toEqual([200, 200, 503, 503, 503, 503]);
  const refused = replies.find(({ status }) => status === 503)!;
  expect(refused.headers.get("retry-after")).toMatch(/^[1-9]\d*$/);
  expect(await refused.json()).toMatchObject({ error: expect.stringContaining("queue is full") });
});

test("settings apply to the next request; only an address needs a new listener", async () => {
  const { origin, port, file } = await openConstantServer();
  const named = `GET /v2 HTTP/1.1\r\nHost: proxy.example\r\nConnection: close\r\n\r\n`;
  expect(parsed(await rawRequest(port, named)).status).toBe(421);
  await file.change({ hostNames: ["Proxy.Example"] });
  // A proxy forwards other machines' requests, which need a key.
  expect(parsed(await rawRequest(port, named)).status).toBe(401);
  expect((await post(origin)).status).toBe(401);
  await file.change({ hostNames: [] });
  expect((await post(origin)).status).toBe(200);
  await file.change({ isKeyRequired: true });
  expect((await post(origin)).status).toBe(401);
});

test("a machine that joins another network is reached at its new address", async () => {
  const secret = "a-key-for-everybody-of-this-network";
  const { port } = await openInferenceServer({
    engine: new ConstantEngine(),
    host: "0.0.0.0",
    lent: [{ name: "all", secret }],
  });
  const asking = `GET /v2 HTTP/1.1\r\nHost: 10.9.8.7:${port}\r\nAuthorization: Bearer ${secret}\r\nConnection: close\r\n\r\n`;
  expect(parsed(await rawRequest(port, asking)).status).toBe(421);
  const address = { address: "10.9.8.7" } as NetworkInterfaceInfo;
  const networks = vi.spyOn(os, "networkInterfaces").mockReturnValue({ wireless: [address] });
  syncBuiltinESMExports();
  const later = performance.now() + 6000;
  const clock = vi.spyOn(performance, "now").mockImplementation(() => later);
  onTestFinished(() => {
    clock.mockRestore();
    networks.mockRestore();
    syncBuiltinESMExports();
  });
  expect(parsed(await rawRequest(port, asking)).status).toBe(200);
});

test("a listed page may send requests with its key and read the reply; no other may", async () => {
  const { origin } = await openConstantServer({ origins: ["https://pages.example"] });
  const page = { origin: "https://pages.example" };
  const preflight = await fetch(origin + INFER, {
    method: "OPTIONS",
    headers: { ...page, "access-control-request-method": "POST" },
  });
  expect([preflight.status, Object.fromEntries(preflight.headers)]).toMatchObject([
    204,
    {
      "access-control-allow-origin": page.origin,
      "access-control-allow-methods": "GET, HEAD, POST",
      "access-control-allow-headers": expect.stringContaining("Authorization") as string,
      vary: "Origin",
    },
  ]);
  const replies = await Promise.all([
    post(origin, page),
    post(origin, { origin: "http://evil.test" }),
    post(origin),
  ]);
  expect(
    replies.map((reply) => [reply.status, reply.headers.get("access-control-allow-origin")]),
  ).toEqual([
    [200, page.origin],
    [403, null],
    [200, null],
  ]);
});

test("refusals reveal nothing about this machine", async () => {
  const { port } = await openConstantServer();
  const head = (host: string): string => `Host: ${host}\r\nConnection: close\r\n\r\n`;
  const replies = await Promise.all([
    rawRequest(port, `GET /v2 HTTP/1.1\r\n${head("evil.test")}`),
    rawRequest(port, `GET /v2/models/nobody HTTP/1.1\r\n${head(`localhost:${port}`)}`),
    rawRequest(port, `PUT /v2 HTTP/1.1\r\n${head(`localhost:${port}`)}`),
    rawRequest(port, `GET /${"../".repeat(8)}etc/passwd HTTP/1.1\r\n${head(`localhost:${port}`)}`),
    rawRequest(port, "nonsense\r\n\r\n"),
  ]);
  const answers = replies.map(parsed);
  expect(answers.map(({ status }) => status)).toEqual([421, 404, 405, 404, 400]);
  for (const { body } of answers) {
    expect(body["error"]).toEqual(expect.any(String));
    expect(JSON.stringify(body)).not.toMatch(/node_modules|\.ts\b|\/home|secret/);
  }
});

test("its end is reported to waiting clients, and ends what is being drawn", async () => {
  const engine = new ConstantEngine({ stepMs: 500, steps: 100 });
  const { origin, server, admission } = await openConstantServer({}, engine);
  const clients = [post(origin), post(origin)].map(async (one) => {
    const reply = await one;
    return [reply.status, await reply.json()];
  });
  await expect.poll(() => [admission.isDrawing, admission.waiting]).toEqual([true, 1]);
  await server.close();
  const told = { error: expect.stringContaining("was stopped") };
  expect(await Promise.all(clients)).toEqual([
    [503, told],
    [503, told],
  ]);
  await expect.poll(() => [admission.isDrawing, admission.waiting]).toEqual([false, 0]);
});

test("an internal error is reported without its message, and is in the log", async () => {
  const failure = { afterSteps: 0, error: new Error("inner words") };
  const { origin, mistakes } = await openConstantServer({}, new ConstantEngine({ failure }));
  const reply = await post(origin);
  expect([reply.status, await reply.text()]).toEqual([500, expect.not.stringContaining("inner")]);
  expect(mistakes).toEqual([failure.error]);
});
