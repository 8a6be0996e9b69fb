import { expect, test } from "vitest";

import { StudioError } from "../../../engine/contract/errors.ts";
import { get, getBody, getJson, type Http } from "../../../engine/download/http.ts";
import { Interrupted, persist, Unreached } from "../../../engine/download/persist.ts";
import { standInHost, type Answer } from "../../fakes/stand-in-host.ts";

const http: Http = {
  fetch,
  stallMs: 5_000,
  pausesMs: [0, 0],
  failed: (url, reason) => new StudioError("DOWNLOAD_FAILED", { file: url, reason }),
};

const redirecting = (location: string): Http => ({
  ...http,
  fetch: async () => new Response(null, { status: 302, headers: { location } }),
});

async function textOf(url: string, from: Http = http): Promise<string> {
  const reply = await get(url, {}, from);
  return Buffer.concat(await Array.fromAsync(reply.chunks)).toString();
}

test("follows a chain of redirects, including relative ones", async () => {
  await using host = await standInHost((response, request) => {
    const next: Record<string, string> = { "/a": "/b", "/b": "c?signed=1" };
    const location = next[request.url ?? ""];
    if (location === undefined) response.end("here");
    else response.writeHead(location.startsWith("/") ? 301 : 307, { location }).end();
  });
  expect(await textOf(`${host.url}/a`)).toBe("here");
  expect(host.asked.map((asked) => asked.path)).toEqual(["/a", "/b", "/c?signed=1"]);
});

test("gives up on a redirect loop after five", async () => {
  await using host = await standInHost((response) => {
    response.writeHead(302, { location: "/again" }).end();
  });
  await expect(textOf(`${host.url}/again`)).rejects.toMatchObject({
    code: "DOWNLOAD_FAILED",
    details: { file: `${host.url}/again`, reason: "it redirects more than 5 times" },
  });
  expect(host.asked).toHaveLength(6);
});

test.each([
  "http://packages.example/file",
  "http://127.0.0.1:9/file",
  "ftp://packages.example/file",
  "file:///etc/passwd",
  "http://[not an address",
])("refuses a redirect from TLS to %s", async (location) => {
  await expect(
    textOf("https://packages.example/file", redirecting(location)),
  ).rejects.toMatchObject({
    code: "DOWNLOAD_FAILED",
    details: { reason: `it leads to an address that is not secure (${location})` },
  });
});

test("refuses unencrypted http except on this machine", async () => {
  await expect(textOf("http://packages.example/file")).rejects.toMatchObject({
    code: "DOWNLOAD_FAILED",
  });
});

test("requests a new signed address when the old one is refused", async () => {
  let asked = 0;
  await using host = await standInHost((response, request) => {
    if (request.url === "/file") {
      response.writeHead(302, { location: `/storage?signature=${++asked}` }).end();
    } else response.writeHead(request.url === "/storage?signature=2" ? 200 : 403).end("here");
  });
  const url = `${host.url}/file`;
  expect((await persist(url, http, () => getBody(url, 10, http))).toString()).toBe("here");
  await expect(persist(url, http, () => getBody(url, 10, http))).rejects.toMatchObject({
    details: { reason: "the storage that it led to answered 403" },
  });
});

test.each([
  ["the first address", "/gone"],
  ["the same host under another name", "/renamed"],
])("treats a 403 of %s as its own answer", async (_, path) => {
  await using host = await standInHost((response, request) => {
    if (request.url === "/renamed") response.writeHead(307, { location: "/gone" }).end();
    else response.writeHead(403).end();
  });
  const url = `${host.url}${path}`;
  await expect(persist(url, http, () => getBody(url, 10, http))).rejects.toMatchObject({
    details: { reason: "the server answered 403" },
  });
});

/** What undici's fetch rejects with when a system call fails. */
const failingWith = (code: string): Http["fetch"] => {
  const cause = Object.assign(new AggregateError([], ""), { code });
  return () => Promise.reject(new TypeError("fetch failed", { cause }));
};

test.each([
  ["ENOTFOUND", "host not found"],
  ["EAI_AGAIN", "host not found"],
  ["ECONNREFUSED", "the connection was refused"],
  ["ENETUNREACH", "there is no network connection to it"],
  ["UND_ERR_CONNECT_TIMEOUT", "no connection could be made in time"],
])("says that there is no connection: %s", async (code, reason) => {
  await expect(
    get("https://a.example/", {}, { ...http, fetch: failingWith(code) }),
  ).rejects.toThrow(new Unreached(reason));
});

test("passes on a refusal that a fetch rejects with", async () => {
  const refusal = new StudioError("PROXY_INVALID");
  const refused = { ...http, fetch: () => Promise.reject(refusal) };
  await expect(get("https://a.example/", {}, refused)).rejects.toBe(refusal);
});

test("treats silence before the answer as an interruption", async () => {
  await using host = await standInHost(() => {});
  await expect(textOf(host.url, { ...http, stallMs: 30 })).rejects.toThrow(
    new Interrupted("nothing came for 0.03 s"),
  );
});

test("treats silence in the middle of the answer as an interruption", async () => {
  await using host = await standInHost((response) => {
    response.writeHead(200, { "content-length": 10 });
    response.write("half");
  });
  await expect(textOf(host.url, { ...http, stallMs: 30 })).rejects.toBeInstanceOf(Interrupted);
});

test("does not mistake a slow reader for a silent server", async () => {
  await using host = await standInHost((response) => response.end("whole"));
  const reply = await get(host.url, {}, { ...http, stallMs: 500 });
  const seen: string[] = [];
  for await (const chunk of reply.chunks) {
    await new Promise((resolve) => setTimeout(resolve, 1200));
    seen.push(Buffer.from(chunk).toString());
  }
  expect(seen.join("")).toBe("whole");
});

test("treats a connection that breaks, or is never made, as an interruption", async () => {
  await using host = await standInHost((response) => response.destroy());
  await expect(textOf(host.url)).rejects.toBeInstanceOf(Interrupted);
  host.cut();
  await expect(textOf("http://127.0.0.1:1/closed")).rejects.toBeInstanceOf(Interrupted);
});

test("names the status of an answer whose body broke before it was discarded", async () => {
  const broken: Http = {
    ...http,
    fetch: async () => {
      const body = new ReadableStream({
        start: (controller) => controller.error(new Error("cut")),
      });
      return new Response(body, { status: 404 });
    },
  };
  await expect(getJson("https://a.example/", 100, broken)).rejects.toMatchObject({
    details: { reason: "the server answered 404" },
  });
});

test("rejects with the caller's own reason when cancelled", async () => {
  await using host = await standInHost(() => cancel.abort(new Error("enough")));
  const cancel = new AbortController();
  await expect(textOf(host.url, { ...http, signal: cancel.signal })).rejects.toThrow("enough");
});

test.each([
  ["HTML", "<html>", "its answer is not JSON"],
  ["more than is allowed", JSON.stringify("x".repeat(200)), "its answer exceeds 100 bytes"],
])("refuses %s if JSON is expected", async (_, body, reason) => {
  await using host = await standInHost((response) => response.end(body));
  await expect(getJson(host.url, 100, http)).rejects.toMatchObject({ details: { reason } });
});

test("counts decoded bytes, not those of a compressed answer", async () => {
  const { gzipSync } = await import("node:zlib");
  await using host = await standInHost((response) => {
    response.writeHead(200, { "content-encoding": "gzip" });
    response.end(gzipSync(JSON.stringify("x".repeat(1_000_000))));
  });
  await expect(getJson(host.url, 10_000, http)).rejects.toMatchObject({
    details: { reason: "its answer exceeds 10000 bytes" },
  });
});

test("sends the token to the first origin only", async () => {
  const seen: [string, string | undefined][] = [];
  const answer =
    (name: string, next?: () => string): Answer =>
    (response, request) => {
      seen.push([name, request.headers.authorization]);
      if (next === undefined || request.url === "/back") response.end("here");
      else response.writeHead(302, { location: next() }).end();
    };
  await using elsewhere = await standInHost(answer("elsewhere", () => `${home.url}/back`));
  await using home = await standInHost(
    answer("home", () => (seen.length < 2 ? "/again" : elsewhere.url)),
  );
  const reply = await get(home.url, { authorization: "Bearer hf_secret" }, http);
  await reply.close();
  expect(seen).toEqual([
    ["home", "Bearer hf_secret"],
    ["home", "Bearer hf_secret"],
    ["elsewhere", undefined],
    ["home", "Bearer hf_secret"],
  ]);
});

test("trusts one host without TLS if its user chose it, but follows no redirect to it from another", async () => {
  const plain: Http = {
    ...http,
    plainHost: "mirror.example:8090",
    fetch: async () => new Response("here"),
  };
  expect(await textOf("http://mirror.example:8090/file", plain)).toBe("here");
  await expect(textOf("http://mirror.example/file", plain)).rejects.toMatchObject({
    code: "DOWNLOAD_FAILED",
  });
  const led = { ...redirecting("http://mirror.example:8090/"), plainHost: "mirror.example:8090" };
  await expect(textOf("https://packages.example/", led)).rejects.toMatchObject({
    details: {
      reason: "it leads to an address that is not secure (http://mirror.example:8090/)",
    },
  });
});
