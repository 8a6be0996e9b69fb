import { once } from "node:events";
import { createServer } from "node:http";
import { createServer as createNetServer, type Socket } from "node:net";
import { expect, onTestFinished, test, vi } from "vitest";
import { get, readBody, type Http } from "../../../engine/download/http.ts";
import { Unreached } from "../../../engine/download/persist.ts";
import { StudioError } from "../../../engine/contract/errors.ts";
import { proxiedFetch } from "../../../engine/download/proxied-fetch.ts";
import { standInHost } from "../../fakes/stand-in-host.ts";

/** A proxy that answers for every host, and reports what was requested through it. */
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

test("uses the environment's proxy, but never for this machine", async () => {
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
  ["socks5h://alice:s3cret@proxy:1080", "socks5h://proxy:1080", "only http://"],
  ["gopher://proxy", "gopher://proxy", "only http://"],
  ["http://alice:s3/cr?et@proxy:port", "http://proxy:port", "not an address"],
  ["http://", "http://", "not an address"],
  ["alice:s3cret@", "", "not an address"],
])(
  "names an unusable proxy where it is needed, without its password: %s",
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

test("gives up on a host that accepts the connection but sends no greeting", async () => {
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
