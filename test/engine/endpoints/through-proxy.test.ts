import { createServer } from "node:net";
import { once } from "node:events";
import { beforeEach, expect, onTestFinished, test, vi } from "vitest";
import type { Finding } from "../../../engine/contract/doctor.ts";
import { certificatesOf } from "../../../engine/endpoints/certificates.ts";
import { certificate } from "../../fakes/certificates.ts";
import { connectProxy, type ConnectProxyOptions } from "../../fakes/connect-proxy.ts";
import { added, openEndpoints, ORDER } from "../../fakes/open-endpoints.ts";
import { notebookService } from "../../fakes/notebook-service.ts";
import {
  standInEndpoint,
  type Answer,
  type StandInEndpoint,
} from "../../fakes/stand-in-endpoint.ts";

const TOKEN = "canary-7f3a9c51d0ab-b2c4e6";
const PASSWORD = "canary-pa/ss:word";
const URL_OF = "https://sd.example/";
const never = new AbortController().signal;
const pair = await certificate({ name: "sd", hosts: ["sd.example"] });

const VARIABLES = [
  "HTTPS_PROXY",
  "https_proxy",
  "HTTP_PROXY",
  "http_proxy",
  "NO_PROXY",
  "no_proxy",
];

beforeEach(() => {
  for (const name of VARIABLES) vi.stubEnv(name, undefined);
  onTestFinished(() => void vi.unstubAllEnvs());
});

/** An endpoint that can be reached only through a proxy. */
async function behind(options: ConnectProxyOptions = {}, answer = notebookService()) {
  const edge = await standInEndpoint(answer, pair);
  const proxy = await connectProxy({ hosts: { "sd.example:443": edge.port }, ...options });
  return { edge, proxy };
}

async function findings(more: Partial<ReturnType<typeof added>> = {}): Promise<Finding[]> {
  const { endpoints } = await openEndpoints();
  const found: Finding[] = [];
  const endpoint = { ...added(URL_OF, { ca: pair.cert, token: TOKEN, ...more }), headers: [] };
  for await (const finding of endpoints.diagnose({ endpoint, isPictureAsked: true }, never)) {
    if (finding.outcome !== "running") found.push(finding);
  }
  expect(JSON.stringify(found)).not.toMatch(/canary|Y2FuYXJ5/);
  return found;
}

function lineOf(found: readonly Finding[], step: Finding["step"]) {
  const finding = found.find((one) => one.step === step);
  return finding && { outcome: finding.outcome, seen: finding.seen, fix: finding.fix };
}

test.each(["HTTPS_PROXY", "https_proxy", "HTTP_PROXY"])(
  "a picture arrives through the proxy of %s, which can read neither token nor prompt",
  async (variable) => {
    const { edge, proxy } = await behind();
    vi.stubEnv(variable, proxy.url);
    const { endpoints } = await openEndpoints();
    const { id } = await endpoints.add(added(URL_OF, { ca: pair.cert, token: TOKEN }));
    expect((await endpoints.test(id)).state).toBe("ready");
    const { pixels } = await endpoints.draw(
      id,
      { ...ORDER, prompt: "canary of a prompt" },
      { signal: never },
    );
    expect([pixels.width, pixels.height]).toEqual([3, 2]);
    expect(new Set(proxy.asked.map(({ place }) => place))).toEqual(new Set(["sd.example:443"]));
    expect(edge.received()).not.toContain(TOKEN);
    expect(edge.seen.at(-1)?.headers["authorization"]).toBe(`Bearer ${TOKEN}`);
    expect(edge.seen.at(-1)?.headers["host"]).toBe("sd.example");
    expect(proxy.seen()).not.toMatch(/canary|Bearer/);
    expect(endpoints.get(id).certificate?.fingerprint).toMatch(/^[\dA-F:]+$/);
  },
);

test("its name and password are sent only to the proxy, never to the endpoint", async () => {
  const { edge, proxy } = await behind({ signIn: `alice:${PASSWORD}` });
  vi.stubEnv("HTTPS_PROXY", proxy.url.replace("//", `//alice:${encodeURIComponent(PASSWORD)}@`));
  const found = await findings();
  expect(found.map(({ outcome }) => outcome)).not.toContain("failed");
  expect(lineOf(found, "proxy")?.seen).toBe(
    `Connected through 127.0.0.1:${proxy.port} (HTTPS_PROXY)`,
  );
  expect(lineOf(found, "dns")).toMatchObject({ outcome: "skipped" });
  expect(lineOf(found, "tcp")?.seen).toBe("The proxy connects to sd.example, port 443");
  expect(lineOf(found, "picture")?.outcome).toBe("ok");
  const sent = JSON.stringify(edge.seen);
  expect(sent).not.toMatch(/alice|proxy|YWxpY2/i);
});

test("a redirect is not followed through the proxy either", async () => {
  const answer: Answer = (response) =>
    response.writeHead(307, { location: "https://elsewhere.example/" }).end();
  const { proxy } = await behind({}, answer);
  vi.stubEnv("HTTPS_PROXY", proxy.url);
  const { endpoints } = await openEndpoints();
  const { id } = await endpoints.add(added(URL_OF, { ca: pair.cert, token: TOKEN }));
  expect((await endpoints.test(id)).error?.code).toBe("ENDPOINT_MOVED");
  expect(new Set(proxy.asked.map(({ place }) => place))).toEqual(new Set(["sd.example:443"]));
});

test("a certificate is checked against the endpoint's own name and authorities, and can be inspected", async () => {
  const { proxy } = await behind({
    hosts: { "other.example:443": (await standInEndpoint(notebookService(), pair)).port },
  });
  vi.stubEnv("HTTPS_PROXY", proxy.url);
  const url = "https://other.example/";
  const { endpoints } = await openEndpoints();
  const { id } = await endpoints.add(added(url, { ca: pair.cert }));
  expect((await endpoints.test(id)).error).toMatchObject({
    code: "ENDPOINT_CERTIFICATE",
    details: { reason: "it is for another host" },
  });
  expect((await certificatesOf(url)).map(({ subject }) => subject)).toEqual(["sd"]);
  await expect(certificatesOf("https://nowhere.example/")).rejects.toMatchObject({
    code: "PROXY_FAILED",
  });
});

/** Addresses and settings that bypass a proxy; the proxy would answer, but must not be asked. */
test.each<[string, (edge: StandInEndpoint) => string, string, boolean]>([
  ["this computer", ({ port }) => `https://localhost:${port}`, "this computer is always", false],
  ["plain http", () => "http://192.0.2.1:9", "plain http", false],
  ["NO_PROXY", () => "https://192.0.2.1:9", "NO_PROXY exempts", false],
  ["one that is set to go without", () => "https://198.51.100.1:9", "set to go without", true],
])("%s is reached without the proxy", async (_, urlOf, words, isDirect) => {
  const local = await certificate();
  const edge = await standInEndpoint(notebookService(), local);
  const proxy = await connectProxy();
  for (const name of ["HTTPS_PROXY", "HTTP_PROXY"]) vi.stubEnv(name, proxy.url);
  vi.stubEnv("NO_PROXY", "192.0.2.0/24");
  const { endpoints } = await openEndpoints();
  const stop = new AbortController();
  const endpoint = { ...added(urlOf(edge), { isDirect, ca: local.cert }), headers: [] };
  for await (const finding of endpoints.diagnose(
    { endpoint, isPictureAsked: false },
    stop.signal,
  )) {
    if (finding.step !== "proxy" || finding.outcome === "running") continue;
    expect(finding).toMatchObject({ outcome: "ok", seen: expect.stringContaining(words) });
    // The following requests go to addresses where nothing listens.
    stop.abort();
  }
  expect(stop.signal.aborted).toBe(true);
  expect(proxy.asked).toEqual([]);
});

const NOT_RIGHT = "it did not accept the name and password in HTTPS_PROXY (status 407)";

test.each<[string, ConnectProxyOptions, string, readonly [seen: string, fix: RegExp]]>([
  [
    "no sign-in",
    { signIn: "a:b" },
    "",
    ["it asks for a name and a password (status 407)", /HTTPS_PROXY=http:\/\/NAME:PASSWORD@127/],
  ],
  ["another sign-in", { signIn: "a:b" }, "alice:canary-x@", [NOT_RIGHT, /percent-encoded/]],
  [
    "a sign-in of Windows",
    { signIn: "a:b", challenge: "Negotiate" },
    "",
    ["it asks for a sign-in other than name and password (status 407)", /Px or Cntlm/],
  ],
  [
    "a rule against it",
    { refusal: 403 },
    "",
    [
      "it does not allow connections to that host (status 403)",
      /allow CONNECT to sd\.example:443.*add sd\.example to NO_PROXY/,
    ],
  ],
  [
    "a method that it has not",
    { refusal: 405 },
    "",
    ["it does not allow connections to that host (status 405)", /allow CONNECT/],
  ],
  [
    "a host that it cannot reach",
    { refusal: 502 },
    "",
    ["it could not reach that host (status 502)", /inside your own network.*NO_PROXY/],
  ],
  [
    "another status",
    { refusal: 302 },
    "",
    ["it did not make a tunnel (status 302)", /in its settings\.$/],
  ],
  [
    "what is no HTTP",
    { refusal: "SSH-2.0-x\r\n" },
    "",
    ["what listens there is not an HTTP proxy", /Check the host and port in HTTPS_PROXY/],
  ],
])("the doctor reports what a proxy blocks: %s", async (_, options, user, [reason, fix]) => {
  const { edge, proxy } = await behind(options);
  vi.stubEnv("HTTPS_PROXY", proxy.url.replace("//", `//${user}`));
  const found = await findings();
  const failed = found.filter(({ outcome }) => outcome === "failed");
  expect(failed).toEqual([
    {
      step: "proxy",
      outcome: "failed",
      ms: expect.any(Number),
      seen: `The proxy 127.0.0.1:${proxy.port} (HTTPS_PROXY): ${reason}`,
      fix: expect.stringMatching(fix),
    },
  ]);
  expect(edge.received()).toBe("");
});

test("a proxy that is missing, invalid or silent is reported as such", async () => {
  const gone = createServer().listen(0, "127.0.0.1");
  await once(gone, "listening");
  const address = gone.address();
  gone.close();
  const port = typeof address === "object" ? address?.port : undefined;
  vi.stubEnv("HTTPS_PROXY", `http://127.0.0.1:${port}`);
  expect(lineOf(await findings(), "proxy")).toMatchObject({
    outcome: "failed",
    seen: `The proxy 127.0.0.1:${port} (HTTPS_PROXY): nothing listens on that port`,
  });
  vi.stubEnv("HTTPS_PROXY", "socks5://alice:canary-x@127.0.0.1:1080");
  expect(lineOf(await findings(), "proxy")).toMatchObject({
    outcome: "failed",
    seen: "The proxy socks5://127.0.0.1:1080 (HTTPS_PROXY): only http:// and https:// proxies are supported here",
    fix: expect.stringContaining("Correct or remove HTTPS_PROXY"),
  });
  vi.stubEnv("HTTPS_PROXY", (await behind({ refusal: "silence" })).proxy.url);
  const { endpoints } = await openEndpoints();
  const { id } = await endpoints.add(added(URL_OF, { ca: pair.cert }));
  expect((await endpoints.test(id)).error).toMatchObject({
    code: "PROXY_FAILED",
    message: expect.stringContaining("nothing came within"),
  });
});

test("a picture that the proxy blocks never started, and its refusal contains no password", async () => {
  const { proxy } = await behind({ refusal: 403 });
  vi.stubEnv("HTTPS_PROXY", proxy.url.replace("//", "//alice:canary-x@"));
  const { endpoints } = await openEndpoints();
  const { id } = await endpoints.add(added(URL_OF, { ca: pair.cert, token: TOKEN }));
  const error = await endpoints
    .draw(id, ORDER, { signal: never })
    .catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: "PROXY_FAILED", details: { variable: "HTTPS_PROXY" } });
  expect(JSON.stringify([error, endpoints.get(id)])).not.toContain("canary");
});

test("cancelling closes the tunnel, whether it is open or being opened", async () => {
  const { proxy, edge } = await behind({}, () => {});
  vi.stubEnv("HTTPS_PROXY", proxy.url);
  const { endpoints } = await openEndpoints();
  const { id } = await endpoints.add(added(URL_OF, { ca: pair.cert }));
  const cancel = new AbortController();
  const drawing = endpoints.draw(id, ORDER, { signal: cancel.signal, attempts: 1 });
  await vi.waitFor(() => expect(edge.seen.length).toBe(1), 20_000);
  expect(proxy.tunnels.size).toBe(1);
  cancel.abort();
  await expect(drawing).rejects.toBe(cancel.signal.reason);
  await vi.waitFor(() => expect(proxy.tunnels.size).toBe(0), 20_000);

  const silent = await behind({ refusal: "silence" });
  vi.stubEnv("HTTPS_PROXY", silent.proxy.url);
  const again = new AbortController();
  const waiting = endpoints.draw(id, ORDER, { signal: again.signal, attempts: 1 });
  await vi.waitFor(() => expect(silent.proxy.asked.length).toBe(1), 20_000);
  again.abort();
  await expect(waiting).rejects.toBe(again.signal.reason);
});

test("a proxy over TLS needs a certificate that this computer trusts", async () => {
  const { proxy } = await behind({ tls: await certificate() });
  vi.stubEnv("HTTPS_PROXY", proxy.url);
  expect(lineOf(await findings(), "proxy")).toMatchObject({
    outcome: "failed",
    seen: expect.stringContaining("self-signed"),
  });
});
