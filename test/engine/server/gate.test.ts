import { expect, test } from "vitest";
import { openServer, type OpenServer } from "../../fakes/open-server.ts";
import { parsed, rawRequest } from "../../fakes/raw-request.ts";

function lines(...head: readonly string[]): string {
  return `${[...head, "Connection: close"].join("\r\n")}\r\n\r\n`;
}

/** Host headers, with `PORT` for the listener's own, and the status of a page's request. */
const HOSTS: readonly (readonly [string, number])[] = [
  ["127.0.0.1:PORT", 200],
  ["localhost:PORT", 200],
  ["LOCALHOST:PORT", 200],
  ["[::1]:PORT", 200],
  ["studio.example:PORT", 200],
  ["127.0.0.1", 421],
  ["localhost", 421],
  ["[::1]", 421],
  ["127.0.0.1:80", 421],
  ["localhost:1", 421],
  ["127.0.0.1:PORT0", 421],
  ["127.0.0.1:0PORT", 421],
  ["127.0.0.1:", 421],
  ["127.0.0.2:PORT", 421],
  ["127.1:PORT", 421],
  ["2130706433:PORT", 421],
  ["0x7f000001:PORT", 421],
  ["0177.0.0.1:PORT", 421],
  ["0.0.0.0:PORT", 421],
  ["::1:PORT", 421],
  ["[::]:PORT", 421],
  ["[::ffff:127.0.0.1]:PORT", 421],
  ["evil.test", 421],
  ["evil.test:PORT", 421],
  ["localhost.evil.test:PORT", 421],
  ["evil.test.localhost:PORT", 421],
  ["localhost.:PORT", 421],
  ["127.0.0.1.evil.test:PORT", 421],
  ["127.0.0.1.nip.io:PORT", 421],
  ["studio.local:PORT", 421],
  ["studio.internal:PORT", 421],
  ["192.168.1.5:PORT", 421],
  ["user@localhost:PORT", 421],
  ["localhost:PORT@evil.test", 421],
  ["localhost:PORT/evil", 421],
  ["localhost:PORT, evil.test", 421],
  ["localhost:PORT evil.test", 421],
  ["localhost%00:PORT", 421],
  ["xn--localhost-1a:PORT", 421],
  ["http://localhost:PORT", 421],
  ["null", 421],
  ["*", 421],
  ["", 400],
];

test(`of ${HOSTS.length} hosts, only those of the studio are answered`, async () => {
  const { port } = await openServer({ names: ["studio.example"] });
  const answers = await Promise.all(
    HOSTS.map(async ([host]) => {
      const named = host.replace("PORT", String(port));
      const reply = await rawRequest(port, lines("GET / HTTP/1.1", `Host: ${named}`));
      return [host, Number(reply.split(" ")[1])];
    }),
  );
  expect(answers).toEqual(HOSTS);
});

test.each([
  ["no host", ["GET / HTTP/1.1"], 400],
  ["no host in HTTP/1.0", ["GET / HTTP/1.0"], 400],
  ["two hosts", ["GET / HTTP/1.1", "Host: localhost:PORT", "Host: evil.test"], 400],
  [
    "another server's whole address",
    ["GET http://evil.test/ HTTP/1.1", "Host: localhost:PORT"],
    421,
  ],
  ["its own whole address", ["GET http://localhost:PORT/ HTTP/1.1", "Host: localhost:PORT"], 421],
  ["a star", ["OPTIONS * HTTP/1.1", "Host: localhost:PORT"], 421],
  ["a preflight", ["OPTIONS /rpc/say HTTP/1.1", "Host: localhost:PORT"], 405],
  ["a PUT", ["PUT / HTTP/1.1", "Host: localhost:PORT", "Content-Length: 0"], 405],
  ["a call by GET", ["GET /rpc/say HTTP/1.1", "Host: localhost:PORT"], 404],
])("%s is refused as JSON", async (_, head, status) => {
  const { port, studio } = await openServer();
  const named = head.map((line) => line.replace("PORT", String(port)));
  const reply = parsed(await rawRequest(port, lines(...named)));
  expect(reply).toEqual({
    status,
    body: expect.objectContaining({ error: expect.any(String), details: expect.any(Object) }),
  });
  expect(studio.calls).toEqual([]);
});

test("a call by GET reaches nothing, however its path is written", async () => {
  const { port, studio } = await openServer();
  for (const path of ["/%72pc/say?data={}", "//rpc/say", "/rpc%2fsay", "/x/../rpc/say"]) {
    await rawRequest(port, lines(`GET ${path} HTTP/1.1`, `Host: localhost:${port}`));
  }
  expect(studio.calls).toEqual([]);
});

function call(server: OpenServer, headers: Readonly<Record<string, string>>): Promise<Response> {
  return fetch(`${server.origin}/rpc/say`, {
    method: "POST",
    headers: { authorization: `Bearer ${server.token}`, ...headers },
    body: '{"json":{"text":"hello"}}',
  });
}

const ORIGINS = [
  undefined,
  "OURS",
  "http://localhost:PORT",
  "null",
  "http://evil.test",
  "https://OWN",
  "http://localhost:1",
  "file://",
  "app://studio",
] as const;
const TYPES = [
  "application/json",
  "application/json; charset=utf-8",
  "text/plain",
  "application/x-www-form-urlencoded",
  "application/octet-stream",
  "text/json",
  "application/jsonp",
  "",
] as const;

test("calls come from our own pages or from no page, and as JSON", async () => {
  const server = await openServer();
  const letIn: (string | undefined)[][] = [];
  const refusals = new Set<number>();
  for (const origin of ORIGINS) {
    for (const type of TYPES) {
      const own = origin
        ?.replace("OURS", server.origin)
        .replace("PORT", String(server.port))
        .replace("OWN", `127.0.0.1:${server.port}`);
      const reply = await call(server, {
        "content-type": type,
        ...(own === undefined ? {} : { origin: own }),
      });
      if (reply.ok) letIn.push([origin, type]);
      else refusals.add(reply.status);
    }
  }
  expect(refusals).toEqual(new Set([403, 415]));
  expect(letIn).toEqual(
    [undefined, "OURS", "http://localhost:PORT"].flatMap((origin) => [
      [origin, "application/json"],
      [origin, "application/json; charset=utf-8"],
    ]),
  );
  expect(server.studio.calls).toHaveLength(6);
});

test.each([
  ["same-origin", {}, 200, 200],
  ["none", {}, 200, 200],
  ["cross-site", {}, 403, 403],
  ["same-site", {}, 403, 403],
  ["unheard-of", {}, 403, 403],
  ["cross-site", { "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" }, 200, 403],
  ["cross-site", { "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe" }, 403, 403],
  ["cross-site", { "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image" }, 403, 403],
])("Sec-Fetch-Site %s %j: a page gets %i, a call %i", async (site, headers, page, called) => {
  const server = await openServer();
  const sent = { "sec-fetch-site": site, ...headers };
  // fetch() itself sets Sec-Fetch-Mode, so these requests use a raw socket.
  const lined = Object.entries(sent).map(([name, value]) => `${name}: ${value}`);
  const got = await rawRequest(
    server.port,
    lines("GET /gallery HTTP/1.1", `Host: localhost:${server.port}`, ...lined),
  );
  const body = '{"json":{"text":"hello"}}';
  const answered = await rawRequest(
    server.port,
    `${lines(
      "POST /rpc/say HTTP/1.1",
      `Host: localhost:${server.port}`,
      `Authorization: Bearer ${server.token}`,
      "Content-Type: application/json",
      `Content-Length: ${body.length}`,
      ...lined,
    )}${body}`,
  );
  expect([got, answered].map((reply) => Number(reply.split(" ")[1]))).toEqual([page, called]);
});

test.each([
  ["no token", undefined],
  ["an empty one", "Bearer "],
  ["an unknown one", `Bearer ${"a".repeat(43)}`],
  ["another scheme", "Basic dXNlcjpwYXNz"],
  ["the right one's beginning", "START"],
  ["the right one with more", "LONGER"],
])("a call with %s is refused, for the typed client as well", async (_, given) => {
  const server = await openServer();
  const authorization = given
    ?.replace("START", `Bearer ${server.token.slice(0, -1)}`)
    .replace("LONGER", `Bearer ${server.token}x`);
  const reply = await fetch(`${server.origin}/rpc/say`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      ...(authorization === undefined ? {} : { authorization }),
    },
    body: "{}",
  });
  expect([reply.status, await reply.json()]).toEqual([
    401,
    {
      error: expect.stringContaining("open"),
      code: "TOKEN_REFUSED",
      details: { reason: expect.any(String) },
      json: {
        defined: false,
        code: "TOKEN_REFUSED",
        status: 401,
        message: expect.any(String),
        data: { reason: expect.any(String) },
      },
    },
  ]);
  expect(server.studio.calls).toEqual([]);
});

test("every reply tells browsers to keep it to this origin", async () => {
  const { origin, port } = await openServer();
  const foreign = await rawRequest(port, lines("GET / HTTP/1.1", "Host: evil.test"));
  const replies = await Promise.all(
    ["/", "/no.txt", "/assets/main-1a2b.js"].map((path) => fetch(origin + path)),
  );
  for (const { headers } of replies) {
    expect(Object.fromEntries(headers)).toMatchObject({
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      "cross-origin-resource-policy": "same-origin",
      "cross-origin-opener-policy": "same-origin",
    });
    expect(headers.get("access-control-allow-origin")).toBe(null);
  }
  expect(foreign.toLowerCase()).toContain("cross-origin-resource-policy: same-origin");
});
