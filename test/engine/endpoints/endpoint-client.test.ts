import { createServer, type Server, type Socket } from "node:net";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { expect, onTestFinished, test, vi } from "vitest";
import {
  EndpointClient,
  type Connection,
  type Timing,
} from "../../../engine/endpoints/endpoint-client.ts";
import type { RefusalCode } from "../../../engine/contract/errors.ts";
import { refusal } from "../../fakes/refusal.ts";
import { always, standInEndpoint, type Answer } from "../../fakes/stand-in-endpoint.ts";

const TOKEN = "canary-7f3a9c-token";
const KEY = "canary-51d0ab-header";
const PROMPT = "canary-b2c4e6-prompt";

const TIMING: Timing = { connectMs: 200, idleMs: 150, bodyMs: 600 };

function client(origin: string, options: Partial<Connection> = {}): EndpointClient {
  const connection = {
    origin,
    token: TOKEN,
    headers: [{ name: "x-api-key", value: KEY }],
    isTokenOverHttp: false,
    isDirect: false,
    ca: null,
    isInsecure: false,
    ...options,
  };
  const made = new EndpointClient(connection, TIMING);
  onTestFinished(() => made.close());
  return made;
}

const encoded = new TextEncoder().encode(JSON.stringify({ prompt: PROMPT }));
const message = {
  headers: { "content-type": "application/json" },
  sizeBytes: encoded.length,
  chunks: [encoded],
};

const infer = { path: "/v2/models/sd/infer", message, timeoutMs: 5000 };
const look = { path: "/v2", timeoutMs: 5000 };

test("a request has its token and headers, and does not allow compression", async () => {
  const endpoint = await standInEndpoint(always(200, "{}"));
  const reply = await client(endpoint.url).ask(infer);
  expect([reply.status, new TextDecoder().decode(reply.body)]).toEqual([200, "{}"]);
  expect(endpoint.seen).toEqual([
    {
      method: "POST",
      path: "/v2/models/sd/infer",
      headers: {
        host: `127.0.0.1:${endpoint.port}`,
        connection: "close",
        "x-api-key": KEY,
        accept: "application/json, */*;q=0.5",
        "accept-encoding": "identity",
        "content-type": "application/json",
        authorization: `Bearer ${TOKEN}`,
        "content-length": String(encoded.length),
      },
      body: JSON.stringify({ prompt: PROMPT }),
    },
  ]);
});

/** Possible targets of a redirect: another host, another port, another scheme, another path on the same host. */
const KINDS = {
  "another host": (port: number) => `http://localhost:${port}/v2/models/sd/infer`,
  "another port": (port: number) => `http://127.0.0.1:${port}/v2/models/sd/infer`,
  "another scheme": (port: number) => `https://127.0.0.1:${port}/v2/models/sd/infer`,
  "a name and a password before the host": (port: number) =>
    `http://user:password@127.0.0.1:${port}/v2/models/sd/infer`,
  "a path relative to the host": (port: number) => `//127.0.0.1:${port}/elsewhere`,
} as const;

const REDIRECTS = [301, 302, 303, 307, 308].flatMap((status) =>
  Object.entries(KINDS).map(([kind, location]) => ({ status, kind, location })),
);

test.each(REDIRECTS)(
  "a $status to $kind is not followed: nothing reaches it",
  async ({ status, location }) => {
    const other = await standInEndpoint(always(200, "{}"));
    const endpoint = await standInEndpoint((response) =>
      response.writeHead(status, { location: location(other.port) }).end(),
    );
    const reply = await client(endpoint.url).ask(infer);
    expect(reply.status).toBe(status);
    expect(endpoint.seen.length).toBe(1);
    expect([other.received(), other.seen]).toEqual(["", []]);
  },
);

test("a redirect to the same host is not followed either", async () => {
  const endpoint = await standInEndpoint((response) =>
    response.writeHead(307, { location: "/elsewhere" }).end(),
  );
  expect((await client(endpoint.url).ask(infer)).status).toBe(307);
  expect(endpoint.seen.map(({ path }) => path)).toEqual(["/v2/models/sd/infer"]);
});

test("a proxy of the environment is not used, and is sent nothing", async () => {
  const [proxy, endpoint] = [
    await standInEndpoint(always(200, "{}")),
    await standInEndpoint(always(200, "{}")),
  ];
  for (const name of ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY"]) {
    vi.stubEnv(name, proxy.url);
  }
  expect((await client(endpoint.url).ask(infer)).status).toBe(200);
  expect([endpoint.seen.length, proxy.received()]).toEqual([1, ""]);
});

test("the realm of a challenge is never contacted", async () => {
  const other = await standInEndpoint(always(200, "{}"));
  const challenge = `Bearer realm="${other.url}/token",service="x"`;
  const endpoint = await standInEndpoint(always(401, "", { "www-authenticate": challenge }));
  expect((await client(endpoint.url).ask(infer)).status).toBe(401);
  expect([endpoint.seen.length, other.received()]).toEqual([1, ""]);
});

test("a token is not sent over http to another machine, unless that is allowed", async () => {
  // An address reserved for documentation: nothing answers there, and nothing is sent before the refusal.
  const origin = "http://192.0.2.1:9";
  await expect(client(origin).ask(infer)).rejects.toEqual(refusal("REQUEST_INVALID"));
  const allowed = client(origin, { isTokenOverHttp: true }).ask(infer);
  await expect(allowed).rejects.toEqual(refusal("ENDPOINT_UNREACHABLE"));
});

test.each<[string, (body: string) => Uint8Array, string]>([
  ["gzip", gzipSync, "gzip"],
  ["deflate", deflateSync, "deflate"],
  ["brotli", brotliCompressSync, "br"],
])("a server that compresses with %s nevertheless is understood", async (_, compress, coding) => {
  const endpoint = await standInEndpoint(
    always(200, compress('{"a":1}'), { "content-encoding": coding }),
  );
  const { body } = await client(endpoint.url).ask(look);
  expect(new TextDecoder().decode(body)).toBe('{"a":1}');
});

test.each<[string, Answer, RefusalCode, string]>([
  [
    "200 kB that are 200 MB",
    always(200, gzipSync(Buffer.alloc(200 << 20)), { "content-encoding": "gzip" }),
    "ENDPOINT_REPLY_TOO_LARGE",
    "more than 64 MiB",
  ],
  [
    "damaged gzip",
    always(200, "no gzip", { "content-encoding": "gzip" }),
    "ENDPOINT_REPLY_BROKEN",
    "is damaged",
  ],
  [
    "a coding of its own",
    always(200, "x", { "content-encoding": "zstd2" }),
    "ENDPOINT_REPLY_INVALID",
    'compressed as "zstd2"',
  ],
])("%s are refused by name", async (_, answer, code, reason) => {
  const endpoint = await standInEndpoint(answer);
  const refused = client(endpoint.url).ask(look);
  await expect(refused).rejects.toEqual(refusal(code));
  await expect(refused).rejects.toThrow(reason);
});

test("an endless body is cut at its limit, and the socket is closed", async () => {
  const endpoint = await standInEndpoint((response) => {
    response.writeHead(200);
    const piece = Buffer.alloc(1 << 20, "1");
    const more = (): void => {
      while (response.write(piece));
    };
    response.on("drain", more);
    more();
  });
  await expect(client(endpoint.url).ask(look)).rejects.toThrow("more than 64 MiB");
  await vi.waitFor(() => expect(endpoint.sockets.size).toBe(0), 20_000);
});

/** A server whose sockets the test controls. */
async function rawServer(onSocket: (socket: Socket) => void): Promise<string> {
  const server: Server = createServer((socket) => {
    socket.on("error", () => {});
    socket.resume();
    onTestFinished(() => void socket.destroy());
    onSocket(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const address = server.address();
  return `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
}

test.each<[string, (socket: Socket) => void, string]>([
  ["breaks off at once", (socket) => socket.destroy(), "it closed the connection"],
  ["resets", (socket) => socket.resetAndDestroy(), "it closed the connection"],
])("one that %s did not answer", async (_, onSocket, reason) => {
  const refused = client(await rawServer(onSocket)).ask(infer);
  await expect(refused).rejects.toEqual(refusal("ENDPOINT_UNREACHABLE"));
  await expect(refused).rejects.toThrow(reason);
});

test.each<[string, (socket: Socket) => void, string]>([
  [
    "breaks off in the middle",
    (socket) => socket.end("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nab"),
    "it closed the connection",
  ],
  [
    "stops in the middle",
    (socket) => socket.write("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nab"),
    "it stopped in the middle of its reply",
  ],
])("the reply of one that %s is broken: it may have drawn", async (_, onSocket, reason) => {
  const refused = client(await rawServer(onSocket)).ask(infer);
  await expect(refused).rejects.toEqual(refusal("ENDPOINT_REPLY_BROKEN"));
  await expect(refused).rejects.toThrow(reason);
});

test("a silent one did not answer, once its own time is over", async () => {
  const sockets: Socket[] = [];
  const origin = await rawServer((socket) => sockets.push(socket));
  const refused = client(origin).ask({ ...infer, timeoutMs: 300 });
  await expect(refused).rejects.toThrow("nothing came within 0 s");
  await vi.waitFor(() => expect(sockets[0]?.readyState).not.toBe("open"), 20_000);
});

test.each([
  ["a message", infer.message, 300, "it was not complete within 1 s"],
  ["a look", undefined, 300, "it was not complete within 0 s"],
])(
  "a reply to %s that arrives byte by byte ends nevertheless",
  async (_, sent, ms, reason) => {
    const endpoint = await standInEndpoint((response) => {
      response.writeHead(200);
      const drip = setInterval(() => response.write(" "), 50);
      response.on("close", () => clearInterval(drip));
    });
    const asked = { path: "/v2", timeoutMs: ms, ...(sent && { message: sent }) };
    const refused = client(endpoint.url).ask(asked);
    await expect(refused).rejects.toEqual(refusal("ENDPOINT_REPLY_BROKEN", { reason }));
    await vi.waitFor(() => expect(endpoint.sockets.size).toBe(0), 20_000);
  },
  3000,
);

test("a reply may take longer than any limit but its own", async () => {
  const endpoint = await standInEndpoint((response) => {
    void sleep(500).then(() => response.end("{}"));
  });
  expect((await client(endpoint.url).ask(infer)).status).toBe(200);
});

test.each([
  ["it is no HTTP", (socket: Socket) => socket.end("SSH-2.0-OpenSSH\r\n"), "it is not HTTP"],
  [
    "its head has no end",
    (socket: Socket) => socket.write(`HTTP/1.1 200 OK\r\n${"x-a: aaaaaaaa\r\n".repeat(20_000)}`),
    "its headers are too large",
  ],
])("a reply is refused by name if %s", async (_, onSocket, reason) => {
  const refused = client(await rawServer(onSocket)).ask(look);
  await expect(refused).rejects.toEqual(refusal("ENDPOINT_REPLY_INVALID", { reason }));
});

test.each([
  ["http://127.0.0.1:9", "127.0.0.1:9", "nothing listens on that port"],
  ["http://name.invalid", "name.invalid", "host not found"],
])("nothing answers at %s", async (origin, host, reason) => {
  const asked = client(origin, { token: undefined }).ask(look);
  const known = ["host not found", "its name cannot be looked up now"];
  const reasons = known.includes(reason) ? known : [reason];
  const error: unknown = await asked.catch((thrown: unknown) => thrown);
  expect(
    reasons.map((one) => refusal("ENDPOINT_UNREACHABLE", { host, reason: one, sent: "nothing" })),
  ).toContainEqual(error);
});

test("a cancel returns at once, and the socket is closed", async () => {
  const endpoint = await standInEndpoint(() => {});
  const cancel = new AbortController();
  const asked = client(endpoint.url).ask({ ...infer, signal: cancel.signal });
  await vi.waitFor(() => expect(endpoint.seen.length).toBe(1), 20_000);
  const reason = new Error("cancelled");
  cancel.abort(reason);
  await expect(asked).rejects.toBe(reason);
  await vi.waitFor(() => expect(endpoint.sockets.size).toBe(0), 20_000);
});

test("an earlier cancel sends nothing", async () => {
  const endpoint = await standInEndpoint(always(200, "{}"));
  const asked = client(endpoint.url).ask({ ...infer, signal: AbortSignal.abort() });
  await expect(asked).rejects.toThrow("aborted");
  expect(endpoint.received()).toBe("");
});

test("a retry date is converted to seconds", async () => {
  const date = new Date(Date.now() + 60_000).toUTCString();
  const endpoint = await standInEndpoint(always(503, "", { "retry-after": date }));
  const { headers } = await client(endpoint.url).ask(look);
  expect(Number(headers["retry-after"])).toBeGreaterThan(57);
  expect(Number(headers["retry-after"])).toBeLessThan(62);
});
