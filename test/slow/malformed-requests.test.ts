import * as fc from "fast-check";
import { expect, test } from "vitest";
import { openServer } from "../fakes/open-server.ts";
import { rawRequest } from "../fakes/raw-request.ts";

const RUNS = 10_000;

/** Mostly valid, so that requests come far enough for another part of them to be wrong. */
function mostly<T>(sound: readonly T[], other: fc.Arbitrary<T>): fc.Arbitrary<T> {
  return fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom(...sound) },
    { weight: 1, arbitrary: other },
  );
}

const method = mostly(
  ["GET", "POST"],
  fc.constantFrom("HEAD", "PUT", "OPTIONS", "BREW", "get", ""),
);
const target = mostly(
  ["/", "/gallery", "/rpc/say", "/rpc/none", "/session", "/pictures/image/a1", "/none.txt"],
  fc.oneof(
    fc.constantFrom("*", "http://evil.test/", "//evil.test/"),
    fc.webPath(),
    fc.string().map((text) => `/${text.replaceAll(/[\r\n ]/g, "")}`),
  ),
);
const version = mostly(["HTTP/1.1"], fc.constantFrom("HTTP/1.0", "HTTP/3", ""));
const host = mostly(["Host: localhost:PORT"], fc.constantFrom("Host: evil.test", ""));
const header = mostly(
  [
    "Content-Type: application/json",
    "Content-Type: application/json",
    "Content-Type: multipart/form-data; boundary=x",
    "Authorization: Bearer TOKEN",
    "Authorization: Bearer TOKEN",
    "Range: bytes=0-0",
  ],
  fc.oneof(
    fc.constantFrom(
      "Content-Length: 5",
      "Content-Length: x",
      "Transfer-Encoding: chunked",
      "Expect: 100-continue",
      "Upgrade: websocket",
      "Origin: null",
      "Sec-Fetch-Site: cross-site",
    ),
    fc.string({ unit: "binary-ascii" }),
  ),
);
const body = fc.oneof(
  fc.constantFrom("", '{"json":{"text":"hello"}}', '{"code":"x"}'),
  fc.json(),
  fc.string({ unit: "binary-ascii" }),
);
const request = fc
  .record({ method, target, version, host, headers: fc.array(header, { maxLength: 4 }), body })
  .map(({ method, target, version, host, headers, body }) => {
    const isMeasured = headers.some((line) => /^(content-length|transfer-encoding)/i.test(line));
    const length = isMeasured ? "" : `Content-Length: ${Buffer.byteLength(body)}`;
    const head = [`${method} ${target} ${version}`, host, ...headers, length, "Connection: close"];
    return `${head.filter((line) => line !== "").join("\r\n")}\r\n\r\n${body}`;
  });

/** What a reply must not reveal: paths of this machine, and where in the code something failed. */
const LEAK = /node_modules|\/home\/|\/tmp\/|engine\/server|\bat .+:\d+:\d+/;

/** Why a reply is wrong; undefined if it is right. */
function wrongIn(reply: string): string | undefined {
  if (LEAK.test(reply)) return "it leaks";
  const status = Number(reply.split(" ")[1]);
  if (status >= 500) return `status ${status}`;
  if (!(status >= 400)) return undefined;
  const [head = "", body = ""] = reply.split("\r\n\r\n", 2);
  if (/^content-length: 0/im.test(head)) return undefined;
  try {
    // Procedures answer in oRPC's form, everything before them in ours.
    const { error, json } = JSON.parse(body) as { error?: unknown; json?: { message?: unknown } };
    return typeof (error ?? json?.message) === "string" ? undefined : "no error in words";
  } catch {
    // The answer to HEAD has no body.
    return body === "" ? undefined : "not JSON";
  }
}

test(`${RUNS} requests of any kind get a sound reply, and the next one its page`, async () => {
  const { port, token, origin, studio, folder } = await openServer();
  const requests = fc.sample(request, RUNS);
  const wrong: string[] = [];
  const statuses: Record<string, number> = {};
  for (let i = 0; i < requests.length; i += 50) {
    await Promise.all(
      requests.slice(i, i + 50).map(async (text) => {
        const bytes = text.replace("PORT", String(port)).replace("TOKEN", token);
        const reply = await rawRequest(port, bytes, { patienceMs: 1000 });
        const status = reply.split(" ")[1] ?? "none";
        statuses[status] = (statuses[status] ?? 0) + 1;
        const reason = reply.includes(folder) ? "it leaks" : wrongIn(reply);
        if (reason !== undefined) wrong.push(`${reason}: ${JSON.stringify(text)} -> ${reply}`);
      }),
    );
  }
  // Every kind was used.
  const often = Object.keys(statuses).filter((status) => statuses[status]! >= 20);
  expect(often).toEqual(
    expect.arrayContaining(["200", "400", "401", "403", "404", "405", "415", "421"]),
  );
  expect(wrong).toEqual([]);
  expect((await fetch(origin)).status).toBe(200);
  expect(studio.calls.filter((call) => call.startsWith("picture"))).toEqual([]);
});
