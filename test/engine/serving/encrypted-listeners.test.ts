import { once } from "node:events";
import { request as askSecurely, Agent } from "node:https";
import { connect as connectPlainly } from "node:net";
import { connect, type TLSSocket } from "node:tls";
import { credentials, status } from "@grpc/grpc-js";
import { expect, onTestFinished, test } from "vitest";
import { certificate } from "../../fakes/certificates.ts";
import { ConstantEngine } from "../../fakes/constant-engine.ts";
import { asker, openGrpcServer } from "../../fakes/open-grpc-server.ts";
import { openInferenceServer } from "../../fakes/open-inference-server.ts";
import { rawRequest } from "../../fakes/raw-request.ts";
import { MountedSecret, tlsFiles } from "../../fakes/tls-files.ts";

interface Asked {
  readonly status: number | undefined;
  readonly body: string;
  /** Of the certificate that was presented. */
  readonly subject: unknown;
}

interface Asking {
  readonly ca: string;
  readonly path?: string;
  readonly agent?: Agent;
  readonly headers?: Readonly<Record<string, string>>;
}

function ask(origin: string, { path = "/v2/health/live", ...options }: Asking): Promise<Asked> {
  return new Promise((resolve, reject) => {
    const asking = askSecurely(origin + path, { agent: false, ...options }, async (reply) => {
      const socket = reply.socket as TLSSocket;
      const subject = socket.getPeerCertificate().subject?.CN;
      const chunks = await reply.toArray();
      resolve({ status: reply.statusCode, body: Buffer.concat(chunks).toString(), subject });
    });
    asking.on("error", reject).end();
  });
}

test("REST is answered over TLS, with https in its address, and its own pages may use it", async () => {
  const pair = await certificate();
  const { origin, server } = await openInferenceServer({
    engine: new ConstantEngine(),
    settings: { tls: tlsFiles(pair) },
  });
  expect(origin).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
  expect(server.tls).toMatchObject({ names: ["127.0.0.1", "localhost"], warnings: [] });
  expect(await ask(origin, { ca: pair.cert })).toMatchObject({
    status: 200,
    body: '{"live":true}',
  });
  const own = { origin };
  const other = { origin: origin.replace("https", "http") };
  const pages = [own, other].map((headers) => ask(origin, { ca: pair.cert, path: "/v2", headers }));
  expect((await Promise.all(pages)).map((each) => each.status)).toEqual([200, 403]);
});

test("a client that does not trust the certificate gets nothing, and that is not our error", async () => {
  const { origin, mistakes } = await openInferenceServer({
    engine: new ConstantEngine(),
    settings: { tls: tlsFiles(await certificate()) },
  });
  const { cert } = await certificate();
  await expect(ask(origin, { ca: cert })).rejects.toThrow(/certificate/);
  expect(mistakes).toEqual([]);
});

test("a request without TLS is told to write https", async () => {
  const { port } = await openInferenceServer({
    engine: new ConstantEngine(),
    settings: { tls: tlsFiles(await certificate()) },
  });
  const reply = await rawRequest(port, "GET /v2 HTTP/1.1\r\nHost: localhost\r\n\r\n");
  expect(reply).toMatch(/^HTTP\/1\.1 400 /);
  expect(reply).toContain("This port speaks TLS only: write https:// instead of http://.");
});

test("TLS 1.1 is refused", async () => {
  const { port } = await openInferenceServer({
    engine: new ConstantEngine(),
    settings: { tls: tlsFiles(await certificate()) },
  });
  const old = { minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "ALL@SECLEVEL=0" } as const;
  const socket = connect({ port, host: "127.0.0.1", rejectUnauthorized: false, ...old });
  const [error] = (await once(socket, "error")) as [NodeJS.ErrnoException];
  expect(error.code).toMatch(/^ERR_SSL/);
});

test("bytes that are neither, and a silent connection, affect no other", async () => {
  const pair = await certificate();
  const { port, origin, mistakes } = await openInferenceServer({
    engine: new ConstantEngine(),
    settings: { tls: tlsFiles(pair) },
  });
  const silent = connectPlainly(port, "127.0.0.1");
  onTestFinished(() => void silent.destroy());
  const broken = connectPlainly(port, "127.0.0.1");
  broken.on("error", () => {});
  broken.write(Buffer.from([22, 3, 1, 0, 5, 9, 9, 9, 9, 9]));
  await once(broken.resume(), "close");
  const reset = connectPlainly(port, "127.0.0.1");
  await once(reset, "connect");
  reset.resetAndDestroy();
  expect(await ask(origin, { ca: pair.cert })).toMatchObject({ status: 200 });
  expect(mistakes).toEqual([]);
});

test("new connections get a renewed certificate, and open ones continue", async () => {
  const first = await certificate({ name: "first" });
  const second = await certificate({ name: "second" });
  const secret = new MountedSecret(first);
  const { origin } = await openInferenceServer({
    engine: new ConstantEngine(),
    settings: { tls: secret.files },
  });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  onTestFinished(() => agent.destroy());
  expect(await ask(origin, { ca: first.cert, agent })).toMatchObject({ subject: "first" });
  secret.renew(second);
  const ca = first.cert + second.cert;
  const shown = async (): Promise<unknown[]> => {
    const replies = [await ask(origin, { ca, agent }), await ask(origin, { ca })];
    return replies.map(({ subject }) => subject);
  };
  const often = { timeout: 15_000, interval: 500 };
  await expect.poll(shown, often).toEqual(["first", "second"]);
}, 20_000);

test("gRPC is answered over TLS", async () => {
  const pair = await certificate();
  const { target, mistakes, server } = await openGrpcServer({ tls: tlsFiles(pair) });
  expect(server.tls?.names).toContain("localhost");
  const secure = credentials.createSsl(Buffer.from(pair.cert));
  const answer = await asker(target, { credentials: secure });
  expect(await answer("ServerLive")).toEqual({ live: true });
  const plain = await asker(target);
  await expect(plain("ServerLive")).rejects.toMatchObject({ code: status.UNAVAILABLE });
  const stranger = credentials.createSsl(Buffer.from((await certificate()).cert));
  const distrusting = await asker(target, { credentials: stranger });
  await expect(distrusting("ServerLive")).rejects.toMatchObject({ code: status.UNAVAILABLE });
  expect(mistakes).toEqual([]);
});

test("a certificate that cannot be used is refused before anything listens", async () => {
  const files = tlsFiles(await certificate());
  const tls = { ...files, key: `${files.key}.absent` };
  const refused = { code: "CERTIFICATE_UNUSABLE", details: { file: tls.key } };
  const engine = new ConstantEngine();
  await expect(openInferenceServer({ engine, settings: { tls } })).rejects.toMatchObject(refused);
  await expect(openGrpcServer({ tls })).rejects.toMatchObject(refused);
});
