import { connect, type Socket } from "node:net";
import { once } from "node:events";
import { expect, test } from "vitest";
import { openServer, type OpenServer } from "../../fakes/open-server.ts";
import { parsed, rawRequest } from "../../fakes/raw-request.ts";

const MALFORMED: readonly (readonly [string, string])[] = [
  ["no HTTP at all", "hello\r\n\r\n"],
  ["binary", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n"],
  ["an unknown method", "BREW / HTTP/1.1\r\nHost: HOST\r\n\r\n"],
  ["an unknown version", "GET / HTTP/9.9\r\nHost: HOST\r\n\r\n"],
  ["HTTP/2's preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"],
  ["a header without a colon", "GET / HTTP/1.1\r\nHost: HOST\r\nnonsense\r\n\r\n"],
  ["a header with a NUL", "GET / HTTP/1.1\r\nHost: HOST\r\nX: a\0b\r\n\r\n"],
  ["a folded header", "GET / HTTP/1.1\r\nHost: HOST\r\nX: a\r\n b\r\n\r\n"],
  ["a space before the colon", "GET / HTTP/1.1\r\nHost : HOST\r\n\r\n"],
  ["a negative length", "POST /session HTTP/1.1\r\nHost: HOST\r\nContent-Length: -1\r\n\r\n"],
  [
    "two lengths",
    "POST /session HTTP/1.1\r\nHost: HOST\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
  ],
  [
    "a length and chunks",
    "POST /session HTTP/1.1\r\nHost: HOST\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
  ],
  [
    "a chunk without a size",
    "POST /session HTTP/1.1\r\nHost: HOST\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
  ],
  [
    "an unknown coding",
    "POST /session HTTP/1.1\r\nHost: HOST\r\nContent-Type: application/json\r\nTransfer-Encoding: gzip\r\n\r\n",
  ],
  ["a header of 40 kB", `GET / HTTP/1.1\r\nHost: HOST\r\nX: ${"a".repeat(40_000)}\r\n\r\n`],
  ["a path of 40 kB", `GET /${"a".repeat(40_000)} HTTP/1.1\r\nHost: HOST\r\n\r\n`],
  ["a bare line feed", "GET / HTTP/1.1\nHost: HOST\n\n"],
];

test.each(MALFORMED)("%s is answered as JSON, and the next request works", async (_, bytes) => {
  const { port, origin } = await openServer();
  const reply = parsed(await rawRequest(port, bytes.replace("HOST", `localhost:${port}`)));
  expect(reply.status).toBeGreaterThanOrEqual(400);
  expect(reply.status).toBeLessThan(500);
  expect(reply.body["error"]).toEqual(expect.any(String));
  expect((await fetch(origin)).status).toBe(200);
});

function post(
  { origin, token }: OpenServer,
  body: NonNullable<RequestInit["body"]>,
  headers: Readonly<Record<string, string>> = { "content-type": "application/json" },
): Promise<Response> {
  return fetch(`${origin}/rpc/say`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, ...headers },
    body,
  });
}

test.each([
  ["no JSON", "{"],
  ["half a string", '{"json":{"text":"'],
  ["two values", "{} {}"],
  ["a prototype", '{"json":{"text":"a","__proto__":{"x":1}}}'],
  ["a constructor's prototype", '{"json":{"constructor":{"prototype":{"x":1}}}}'],
  ["arrays 65 deep", `{"json":${"[".repeat(65)}${"]".repeat(65)}}`],
  ["arrays 400,000 deep", "[".repeat(400_000)],
  ["objects 100,000 deep", '{"a":'.repeat(100_000)],
  ["a wrong type", '{"json":{"text":7}}'],
  ["no input", "{}"],
  ["a list", "[]"],
  ["null", "null"],
  ["a number", "7"],
])("a call with %s is refused as JSON and reaches nothing", async (_, body) => {
  const server = await openServer();
  const reply = await post(server, body);
  expect([reply.status, typeof ((await reply.json()) as object)]).toEqual([400, "object"]);
  expect(server.studio.calls).toEqual([]);
});

test("a body of one byte too many is refused at once, and one at the limit is read", async () => {
  const server = await openServer();
  const around = '{"json":{"text":""}}'.length;
  const [most, more] = [0, 1].map(
    (extra) => `{"json":{"text":"${"a".repeat((2 << 20) - around + extra)}"}}`,
  );
  expect((await post(server, most!)).status).toBe(200);
  const reply = await post(server, more!);
  expect([reply.status, reply.headers.get("connection"), await reply.json()]).toMatchObject([
    413,
    "close",
    { code: "REQUEST_INVALID" },
  ]);
});

test("a body that claims 2 GiB is refused before it arrives", async () => {
  const { port, token } = await openServer();
  const head = [
    "POST /rpc/say HTTP/1.1",
    `Host: localhost:${port}`,
    `Authorization: Bearer ${token}`,
    "Content-Type: application/json",
    `Content-Length: ${2 ** 31}`,
  ];
  expect(parsed(await rawRequest(port, `${head.join("\r\n")}\r\n\r\n{`)).status).toBe(413);
});

test("endless chunks are refused at the limit", async () => {
  const { port, token } = await openServer();
  const socket = connect(port, "127.0.0.1");
  let reply = "";
  socket.on("data", (data: Buffer) => {
    reply += data.toString();
  });
  socket.on("error", () => {});
  socket.write(
    `POST /rpc/say HTTP/1.1\r\nHost: localhost:${port}\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`,
  );
  const chunk = `10000\r\n${"a".repeat(0x1_00_00)}\r\n`;
  const closed = new Promise((resolve) => {
    socket.on("close", resolve);
  });
  let sent = 0;
  while (!socket.destroyed && sent < 64 << 20) {
    const drained = Promise.withResolvers<void>();
    socket.write(chunk, () => drained.resolve());
    await drained.promise;
    sent += chunk.length;
  }
  await closed;
  expect(sent).toBeLessThan(16 << 20);
  expect(reply).toContain("413");
});

test.each([
  ["no boundary", "multipart/form-data", "x"],
  ["another boundary", "multipart/form-data; boundary=a", "--b\r\n\r\nx\r\n--b--"],
  [
    "an unfinished part",
    "multipart/form-data; boundary=a",
    "--a\r\nContent-Disposition: form-data; name=",
  ],
  ["no data", "multipart/form-data; boundary=a", "--a--\r\n"],
])("a form with %s is refused as JSON", async (_, type, body) => {
  const reply = await post(await openServer(), body, { "content-type": type });
  expect([reply.status, typeof ((await reply.json()) as object)]).toEqual([400, "object"]);
});

test("an internal error is reported without its message", async () => {
  const server = await openServer();
  const reply = await fetch(`${server.origin}/rpc/fail`, {
    method: "POST",
    headers: { authorization: `Bearer ${server.token}`, "content-type": "application/json" },
    body: "{}",
  });
  const body = await reply.text();
  expect(reply.status).toBe(500);
  expect(body).not.toMatch(/secret words|node_modules|at .*:\d+/);
});

test("100 clients that send their headers slowly are cut off while others are answered", async () => {
  const { port, origin } = await openServer();
  const sockets = Array.from({ length: 100 }, () => dripping(port));
  let isCutOff = false;
  void Promise.race(sockets.map(({ reply }) => reply)).then(() => (isCutOff = true));
  await Promise.all(sockets.map(({ socket }) => once(socket, "connect")));
  expect((await fetch(origin)).status).toBe(200);
  expect(isCutOff).toBe(false);
  const replies = await Promise.all(sockets.map(({ reply }) => reply));
  expect(new Set(replies.map((reply) => reply.split("\r\n", 1)[0]))).toEqual(
    new Set(["HTTP/1.1 408 Request Timeout"]),
  );
});

/** A client that sends a byte of its headers now and then. */
function dripping(port: number): { socket: Socket; reply: Promise<string> } {
  const socket = connect(port, "127.0.0.1");
  let text = "";
  socket.on("data", (data: Buffer) => {
    text += data.toString();
  });
  socket.on("error", () => {});
  socket.write(`GET / HTTP/1.1\r\nHost: localhost:${port}\r\nX: `);
  const timer = setInterval(() => socket.write("a"), 300);
  const reply = once(socket, "close").then(() => {
    clearInterval(timer);
    return text;
  });
  return { socket, reply };
}

test("an unexpected error is refused with a message, after the gate", async () => {
  const { port } = await openServer();
  const head = (host: string) =>
    `POST /session HTTP/1.1\r\nHost: ${host}\r\nExpect: tea\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}`;
  expect(parsed(await rawRequest(port, head(`127.0.0.1:${port}`)))).toMatchObject({
    status: 417,
    body: { code: "REQUEST_INVALID", error: expect.stringContaining("Expect") },
  });
  expect(parsed(await rawRequest(port, head("evil.test"))).status).toBe(421);
});
