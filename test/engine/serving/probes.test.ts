import { expect, test } from "vitest";
import { ConstantEngine } from "../../fakes/constant-engine.ts";
import { openConstantServer } from "../../fakes/open-inference-server.ts";
import { rawRequest } from "../../fakes/raw-request.ts";

/** A reply without what depends on the time, and on the client, which keeps no connection after a HEAD. */
async function told(address: string, init: RequestInit = {}) {
  const reply = await fetch(address, init);
  const headers = Object.fromEntries(reply.headers);
  for (const name of ["date", "connection", "keep-alive"]) delete headers[name];
  return { status: reply.status, headers, body: await reply.text() };
}

test.each(["/v2/health/live", "/v2/health/ready"])(
  "%s answers the same with and without a router",
  async (path) => {
    const engine = new ConstantEngine();
    const { origin } = await openConstantServer({}, engine);
    for (const model of ["starter", undefined]) {
      engine.served = model;
      const atOnce = await told(origin + path);
      expect(await told(`${origin}${path}?by=router`)).toEqual(atOnce);
      expect(await told(`${origin}${path}/`)).toEqual(atOnce);
      const head = await told(origin + path, { method: "HEAD" });
      expect(head).toEqual({ ...atOnce, body: "" });
      expect((await told(origin + path, { method: "POST" })).status).toBe(405);
    }
  },
);

test("the gate checks probes like all others, and counts them", async () => {
  const { origin, port } = await openConstantServer();
  const ask = (head: string) => rawRequest(port, `GET /v2/health/live HTTP/1.1\r\n${head}\r\n\r\n`);
  const host = `Host: 127.0.0.1:${port}`;
  const end = "Connection: close";
  expect(await ask(`${host}\r\n${end}`)).toMatch(/^HTTP\/1.1 200 /);
  expect(await ask(`Host: elsewhere.example\r\n${end}`)).toMatch(/^HTTP\/1.1 421 /);
  expect(await ask(`${host}\r\n${host}\r\n${end}`)).toMatch(/^HTTP\/1.1 400 /);
  expect(await ask(`${host}\r\nOrigin: http://elsewhere.example\r\n${end}`)).toMatch(
    /^HTTP\/1.1 403 /,
  );
  expect(await ask(`${host}\r\nContent-Length: 2\r\n${end}\r\n\r\n{}`)).toMatch(/^HTTP\/1.1 200 /);
  const metrics = await (await fetch(`${origin}/metrics`)).text();
  expect(metrics).toMatch(/route="\/v2\/health\/live",code="200"\} 2$/m);
});

test("consecutive probes on one connection are answered in order, and garbage after them with its 400", async () => {
  const { port } = await openConstantServer();
  const probe = (path: string) => `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`;
  const row = [probe("/v2/health/ready"), probe("/v2/health/live"), probe("/v2/health/ready?x")];
  const replies = await rawRequest(port, `${row.join("")}garbage\r\n\r\n`);
  expect(replies.match(/\{"(?:ready|live|error)"/g)).toEqual([
    '{"ready"',
    '{"live"',
    '{"ready"',
    '{"error"',
  ]);
});

test("an engine that cannot list its models is not ready, and says so", async () => {
  const engine = new ConstantEngine();
  const { origin } = await openConstantServer({}, engine);
  engine.models = () => Promise.reject(new Error("no disk"));
  const { status, body } = await told(`${origin}/v2/health/ready`);
  expect([status, JSON.parse(body)]).toEqual([
    503,
    { ready: false, error: expect.stringContaining("cannot be listed") },
  ]);
});
