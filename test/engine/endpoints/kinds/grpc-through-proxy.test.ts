import { beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { certificate } from "../../../fakes/certificates.ts";
import { connectProxy, type ConnectProxyOptions } from "../../../fakes/connect-proxy.ts";
import { added, openEndpoints, ORDER } from "../../../fakes/open-endpoints.ts";
import { openGrpcServer } from "../../../fakes/open-grpc-server.ts";
import { tlsFiles } from "../../../fakes/tls-files.ts";

const TOKEN = "canary-7f3a9c51d0ab-b2c4e6";
const never = new AbortController().signal;
const pair = await certificate({ name: "sd", hosts: ["sd.example"] });

beforeEach(() => {
  for (const name of ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "NO_PROXY"]) {
    vi.stubEnv(name, undefined);
  }
  onTestFinished(() => void vi.unstubAllEnvs());
});

/** Endpoints, one of which can be reached only through a proxy. */
async function behind(options: ConnectProxyOptions = {}) {
  const { port } = await openGrpcServer({
    tls: tlsFiles(pair),
    settings: { hostNames: ["sd.example"] },
    lent: [{ name: "ours", secret: TOKEN }],
  });
  const proxy = await connectProxy({ hosts: { "sd.example:443": port }, ...options });
  const timing = { connectMs: 2000, idleMs: 5000, bodyMs: 5000 };
  const { endpoints } = await openEndpoints({ timing });
  const given = { ca: pair.cert, token: TOKEN };
  const { id } = await endpoints.add(added("grpcs://sd.example", given));
  return { endpoints, id, proxy };
}

test("gRPC uses the proxy with its name and password, which cannot read what it carries", async () => {
  const { endpoints, id, proxy } = await behind({ signIn: "alice:pa ss" });
  vi.stubEnv("HTTPS_PROXY", proxy.url.replace("//", "//alice:pa%20ss@"));
  expect((await endpoints.test(id)).error).toBeUndefined();
  const { model } = endpoints.get(id);
  const { pixels } = await endpoints.draw(id, { ...ORDER, model }, { signal: never });
  expect(pixels.width).toBeGreaterThan(0);
  expect(new Set(proxy.asked.map(({ place }) => place))).toEqual(new Set(["sd.example:443"]));
  expect(proxy.seen()).not.toMatch(/canary|Bearer|inference/);
});

test("gRPC reports what a proxy blocks, and which kinds of proxy it cannot use", async () => {
  const { endpoints, id, proxy } = await behind({ refusal: 403 });
  vi.stubEnv("HTTPS_PROXY", proxy.url);
  expect((await endpoints.test(id)).error).toMatchObject({
    code: "PROXY_FAILED",
    details: { reason: "it does not allow connections to that host (status 403)" },
  });
  vi.stubEnv("HTTPS_PROXY", "https://alice:canary@127.0.0.1:9");
  const { error } = await endpoints.test(id);
  expect(error).toMatchObject({
    code: "PROXY_INVALID",
    details: { reason: "gRPC goes through http:// proxies only" },
  });
  expect(error?.message).not.toMatch(/alice|canary/);
});

test("a certificate for another name is reported as such through a proxy, too", async () => {
  const { port } = await openGrpcServer({ tls: tlsFiles(pair) });
  const proxy = await connectProxy({ hosts: { "other.example:443": port } });
  vi.stubEnv("HTTPS_PROXY", proxy.url);
  const { endpoints } = await openEndpoints();
  const { id } = await endpoints.add(added("grpcs://other.example", { ca: pair.cert }));
  expect((await endpoints.test(id)).error).toMatchObject({
    code: "ENDPOINT_CERTIFICATE",
    details: { reason: "it is for another host" },
  });
});
