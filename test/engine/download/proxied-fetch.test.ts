import { once } from "node:events";
import { createServer } from "node:http";
import { createServer as createNetServer, type Socket } from "node:net";
import { assert, oneof, property, string, webUrl } from "fast-check";
import { expect, onTestFinished, test, vi } from "vitest";
import { get, readBody, type Http } from "../../../engine/download/http.ts";
import { Unreached } from "../../../engine/download/persist.ts";
import { StudioError } from "../../../engine/contract/errors.ts";
import { proxiedFetch, proxyFor } from "../../../engine/download/proxied-fetch.ts";
import { standInHost } from "../../fakes/stand-in-host.ts";

/** A proxy that answers for everybody, and tells what was asked for through it. */
async function openProxy() {
  const wanted: string[] = [];
  const proxy = createServer((request, response) => {
    wanted.push(request.url ?? "");
    response.end("through the proxy");
  });
  proxy.on("connect", (request, socket) => {
    wanted.push(request.url ?? "");
    socket.end("HTTP/1.1 502 Bad Gateway\r\n\r\n");
  });
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  onTestFinished(() => {
    proxy.closeAllConnections();
    proxy.close();
  });
  const address = proxy.address();
  if (address === null || typeof address === "string") throw new Error("there is no port");
  return { url: `http://127.0.0.1:${address.port}`, wanted };
}

async function textOf(url: string, http: Http): Promise<string> {
  return (await readBody(url, await get(url, {}, http), 1000, http)).toString();
}

const PATIENCE = {
  stallMs: 5_000,
  pausesMs: [],
  failed: (file: string, reason: string) => new StudioError("DOWNLOAD_FAILED", { file, reason }),
};

test("goes through the proxy of the environment, but never to this machine", async () => {
  await using host = await standInHost((response) => response.end("here"));
  const proxy = await openProxy();
  for (const name of ["http_proxy", "https_proxy"]) vi.stubEnv(name, proxy.url);
  vi.stubEnv("no_proxy", "inside.example");
  onTestFinished(() => void vi.unstubAllEnvs());
  const http: Http = { ...PATIENCE, fetch: proxiedFetch(), plainHost: "hub.example" };
  expect(await textOf("http://hub.example/file", http)).toBe("through the proxy");
  await expect(textOf("https://hub.example/file", http)).rejects.toThrow("the connection broke");
  expect(await textOf(host.url, http)).toBe("here");
  expect(proxy.wanted).toEqual(["http://hub.example/file", "hub.example:443"]);
});

const HUB = new URL("https://hub.example/file");

test.each([
  [{}, undefined],
  [{ HTTPS_PROXY: "http://proxy:3128" }, "http://proxy:3128/"],
  [{ HTTPS_PROXY: "proxy:3128" }, "http://proxy:3128/"],
  [{ HTTPS_PROXY: " 127.0.0.1:3128 " }, "http://127.0.0.1:3128/"],
  [{ HTTPS_PROXY: "alice:secret@proxy:3128" }, "http://alice:secret@proxy:3128/"],
  [{ HTTP_PROXY: "proxy" }, "http://proxy/"],
  [{ HTTP_PROXY: "other", https_proxy: "https://proxy" }, "https://proxy/"],
  [{ HTTPS_PROXY: "other", https_proxy: "" }, undefined],
  [{ HTTPS_PROXY: "socks5://proxy:1080" }, "socks5://proxy:1080"],
])("with %j, asks through %s", (env, proxy) => {
  expect(proxyFor(HUB, env)?.href).toBe(proxy);
});

test.each([
  ["hub.example", true],
  ["example", true],
  [".example", true],
  ["*.example", true],
  ["*", true],
  ["other.example, HUB.example:443", true],
  ["hub.example:8443", false],
  ["b.example", false],
  ["", false],
])("NO_PROXY=%s: asks directly: %s", (NO_PROXY, isDirect) => {
  expect(proxyFor(HUB, { NO_PROXY, HTTPS_PROXY: "proxy" }) === undefined).toBe(isDirect);
});

test("does not look at a proxy that is not used", () => {
  const env = { NO_PROXY: "example", HTTPS_PROXY: "gopher://x" };
  expect(proxyFor(HUB, env)).toBeUndefined();
  expect(proxyFor(new URL("http://127.0.0.1:80"), { HTTP_PROXY: "gopher://x" })).toBeUndefined();
});

test.each([
  ["socks5h://alice:s3cret@proxy:1080", "socks5h://proxy:1080", "only http://"],
  ["gopher://proxy", "gopher://proxy", "only http://"],
  ["http://alice:s3/cr?et@proxy:port", "http://proxy:port", "not an address"],
  ["http://", "http://", "not an address"],
  ["alice:s3cret@", "", "not an address"],
])(
  "names a proxy that cannot be used where it is asked for, without its password: %s",
  async (HTTPS_PROXY, address, reason) => {
    const fetch = proxiedFetch({ HTTPS_PROXY });
    const refused = await textOf(HUB.href, { ...PATIENCE, fetch }).catch((error: unknown) => error);
    expect(refused).toMatchObject({
      code: "PROXY_INVALID",
      message: expect.not.stringMatching(/alice|s3/),
      details: { variable: "HTTPS_PROXY", address, reason: expect.stringContaining(reason) },
    });
  },
);

test("reads any value of the variable, or refuses it by that name", () => {
  const value = oneof(
    string(),
    webUrl(),
    string().map((text) => `socks5h://${text}`),
  );
  const outcomeOf = (HTTPS_PROXY: string): unknown => {
    try {
      return proxyFor(HUB, { HTTPS_PROXY }) instanceof URL ? "read" : "none";
    } catch (error) {
      return error instanceof StudioError ? error.code : error;
    }
  };
  assert(
    property(value, (text) => {
      expect(["read", "none", "PROXY_INVALID"]).toContain(outcomeOf(text));
    }),
  );
});

test("gives up a host that takes the connection and never greets", async () => {
  const held: Socket[] = [];
  const silent = createNetServer((socket) => void held.push(socket)).listen(0, "127.0.0.1");
  await once(silent, "listening");
  onTestFinished(() => {
    for (const socket of held) socket.destroy();
    silent.close();
  });
  const address = silent.address();
  if (address === null || typeof address === "string") throw new Error("there is no port");
  const http = { ...PATIENCE, stallMs: 60_000, fetch: proxiedFetch({}) };
  await expect(textOf(`https://127.0.0.1:${address.port}/`, http)).rejects.toThrow(
    new Unreached("no connection could be made in time"),
  );
});
