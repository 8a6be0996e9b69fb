import { createServer } from "node:net";
import { once } from "node:events";
import { expect, onTestFinished, test } from "vitest";
import type { EndpointKind } from "../../../../engine/contract/endpoints.ts";
import { DOCTOR_STEPS, doctorReport, type Finding } from "../../../../engine/contract/doctor.ts";
import { certificate } from "../../../fakes/certificates.ts";
import { added, openEndpoints } from "../../../fakes/open-endpoints.ts";
import { EDGE, notebookReply, notebookService, PIXELS } from "../../../fakes/notebook-service.ts";
import { always, standInEndpoint, type Answer } from "../../../fakes/stand-in-endpoint.ts";

const CANARY = "canary-7f3a9c51d0ab";
const { signal: never } = new AbortController();

/** A doctor's findings, without those that only report the start of a step. */
async function findings(
  url: string,
  more: {
    readonly token?: string;
    readonly ca?: string | null;
    readonly kind?: EndpointKind;
    readonly profile?: "full";
  } = {},
  isPictureAsked = false,
): Promise<Finding[]> {
  const { endpoints } = await openEndpoints();
  const found: Finding[] = [];
  const asked = { endpoint: { ...added(url, more), headers: [] }, isPictureAsked };
  for await (const finding of endpoints.diagnose(asked, never)) found.push(finding);
  const ended = found.filter(({ outcome }) => outcome !== "running");
  expect(JSON.stringify(found)).not.toContain(CANARY);
  expect(doctorReport(url, ended, "now", "1")).not.toContain(CANARY);
  return ended;
}

function failed(found: readonly Finding[]): Finding {
  const failures = found.filter(({ outcome }) => outcome === "failed");
  expect(failures.length).toBe(1);
  return failures[0] as Finding;
}

/** A token with an expiry date and an owner. */
function jwt(exp: number): string {
  const claims = { exp, sub: "system:serviceaccount:sd-proj:kt2-sa" };
  return `e30.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.${CANARY}`;
}

/** The notebook's service, with another answer for one path. */
function edgeBut(path: string, answer: Answer): Answer {
  const service = notebookService();
  return (response, request, count) =>
    (request.path.endsWith(path) ? answer : service)(response, request, count);
}

test("on a working endpoint, each step says what was found, and a picture is drawn on request", async () => {
  const edge = await standInEndpoint(notebookService());
  const found = await findings(edge.url, { token: `${CANARY}${CANARY}` }, true);
  expect(found.map(({ step, outcome }) => [step, outcome])).toEqual([
    ["address", "ok"],
    ["dns", "skipped"],
    ["proxy", "ok"],
    ["tcp", "ok"],
    ["tls", "skipped"],
    ["route", "ok"],
    ["sign-in", "ok"],
    ["token", "ok"],
    ["live", "ok"],
    ["model", "ok"],
    ["metadata", "ok"],
    ["picture", "ok"],
  ]);
  expect(found.at(-1)?.seen).toMatch(/^3x2 in \d+\.\d s$/);
  expect(found.at(-2)?.seen).toBe(
    "Server: kserve 0.13.0; models: stable-diffusion; takes a prompt; it declares nothing",
  );
  const request = edge.seen.find(({ method }) => method === "POST");
  expect(request?.path).toBe("/v2/models/stable-diffusion/infer");
});

/** A service whose only model has another name than the notebook's, and takes settings. */
function namedOtherwise(): Answer {
  const inputs = ["prompt", "num_inference_steps", "width", "height"];
  const replies: Readonly<Record<string, object>> = {
    "/v2/health/ready": { ready: true },
    "/v2": { name: "kserve", version: "0.13.0" },
    "/v2/models": { models: ["sd"] },
    "/v2/models/sd": {
      name: "sd",
      inputs: inputs.map((name) => ({ name, datatype: "BYTES", shape: [1] })),
    },
    "/v2/models/sd/ready": { ready: true },
    "/v2/models/sd/infer": notebookReply(PIXELS),
  };
  return (response, request, count) => {
    const reply = replies[request.path];
    if (reply === undefined) EDGE.unknownModel(response, request, count);
    else always(200, JSON.stringify(reply))(response, request, count);
  };
}

test("the first picture of a new endpoint is of the model that it lists, with the settings that it takes", async () => {
  const edge = await standInEndpoint(namedOtherwise());
  const { endpoints } = await openEndpoints();
  const { id } = await endpoints.add(added(edge.url));
  for (const found of [
    await findings(edge.url, {}, true),
    await Array.fromAsync(endpoints.diagnose({ id, isPictureAsked: true }, never)),
  ]) {
    expect(found).toContainEqual({ step: "address", outcome: "ok", seen: edge.url });
    expect(found.at(-1)).toMatchObject({ step: "picture", outcome: "ok" });
    const asked = edge.seen.findLast(({ method }) => method === "POST");
    const inputs = JSON.parse(asked?.body ?? "{}").inputs as readonly {
      name: string;
      data: unknown;
    }[];
    expect([asked?.path, ...inputs.map(({ name, data }) => [name, data])]).toEqual([
      "/v2/models/sd/infer",
      ["prompt", ["a red house"]],
      ["num_inference_steps", [2]],
      ["height", [128]],
      ["width", [128]],
    ]);
  }
});

test("metadata that cannot be read is a warning", async () => {
  const edge = await standInEndpoint(
    edgeBut("/models/stable-diffusion", always(500, '{"error":"boom"}')),
  );
  const found = await findings(edge.url);
  expect(found.filter(({ outcome }) => outcome === "failed")).toEqual([]);
  expect(found.find(({ step }) => step === "metadata")).toMatchObject({
    outcome: "warning",
    seen: expect.stringMatching(/^Server: kserve 0\.13\.0; .*could not be read: .*boom/),
    fix: expect.stringMatching(/\.$/),
  });
});

test("each step is reported when it starts, and what was asked has its time", async () => {
  const service = notebookService();
  const edge = await standInEndpoint((response, request, count) => {
    const isSlow = request.path.includes("/models");
    setTimeout(() => service(response, request, count), isSlow ? 20 : 0);
  });
  const { endpoints } = await openEndpoints();
  const endpoint = { ...added(edge.url), headers: [] };
  const asked = { endpoint, isPictureAsked: true };
  const steps = await Array.fromAsync(endpoints.diagnose(asked, never));
  const running = steps.filter(({ outcome }) => outcome === "running").map(({ step }) => step);
  expect(running).toEqual([...DOCTOR_STEPS]);
  const timed = steps.filter(({ ms }) => ms !== undefined && ms >= 15).map(({ step }) => step);
  expect(timed).toEqual(expect.arrayContaining(["model", "metadata", "picture"]));
});

test("a picture of a model that is gone names the ones that are there", async () => {
  const edge = await standInEndpoint(edgeBut(INFER, EDGE.unknownModel));
  expect(failed(await findings(edge.url, {}, true))).toMatchObject({
    step: "picture",
    fix: "Set the model to one that is there: stable-diffusion.",
  });
});

test("a picture over protocol v1 is a warning that says why, and what to set", async () => {
  const atV1 = always(200, JSON.stringify(notebookReply(PIXELS)));
  const edge = await standInEndpoint((...asked) => {
    const isV1 = asked[1].path.endsWith(":predict");
    (isV1 ? atV1 : edgeBut(INFER, EDGE.v1Wrapper))(...asked);
  });
  const found = await findings(edge.url, {}, true);
  expect(found.at(-1)).toMatchObject({
    step: "picture",
    outcome: "warning",
    seen: expect.stringMatching(/^3x2 in .* from v1's address: .*PROTOCOL_VERSION is v1/),
    fix: "Set PROTOCOL_VERSION to v2 in the ServingRuntime's environment.",
    copy: "- name: PROTOCOL_VERSION\n  value: v2",
  });
  const report = doctorReport(edge.url, found, "now", "1");
  expect(report.split("\n")[2]).toBe("It works, with warnings: First picture.");
});

const HTML = { "content-type": "text/html" };
const SOON = Date.parse("2026-11-25T20:00:00Z") / 1000;
const PAST = Date.parse("2026-11-25T09:00:00Z") / 1000;
const INFER = "/infer";

type Case = readonly [
  name: string,
  answer: Answer,
  step: Finding["step"],
  seen: RegExp,
  fix: RegExp,
  copy?: string | undefined,
  more?: { readonly token: string } | { readonly profile: "full" },
];

const CASES: readonly Case[] = [
  [
    "a sign-in page with 403",
    EDGE.signIn,
    "sign-in",
    /Log In/,
    /service account/,
    undefined,
    { token: CANARY },
  ],
  ["a sign-in page with 200", EDGE.signInDisguised, "sign-in", /sign-in page/, /bearer token/],
  ["302 to the login", EDGE.login, "sign-in", /sends us to its sign-in page/, /bearer token/],
  [
    "401 without a token",
    EDGE.unauthorized,
    "token",
    /none was sent.*Status 401/,
    /asks for one/,
    "oc create token NAME-sa -n PROJECT --duration=720h",
  ],
  [
    "401 to a token that has expired",
    EDGE.unauthorized,
    "token",
    /expired at 2026-11-25 09:00 UTC/,
    /new token/,
    "oc create token kt2-sa -n sd-proj --duration=720h",
    { token: jwt(PAST) },
  ],
  [
    "403 to a token",
    always(403, "Forbidden (user=x, verb=get)"),
    "token",
    /Forbidden.*Status 403/,
    /lacks the right/,
    "oc policy add-role-to-user view -z kt2-sa -n sd-proj",
    { token: jwt(SOON + 1e7) },
  ],
  [
    "a route that knows no such host",
    always(404, "", HTML),
    "route",
    /status 404/,
    /no such host/,
    "oc get inferenceservices -A",
  ],
  [
    "a route without a pod",
    always(503, "<html><head><title>Application is not available</title></head></html>", HTML),
    "route",
    /Application is not available/,
    /scaled to zero/,
    "oc get pods -A -l serving.kserve.io/inferenceservice",
  ],
  [
    "a mesh without a pod",
    always(503, "no healthy upstream", {}),
    "route",
    /no healthy upstream/,
    /scaled to zero/,
  ],
  [
    "a route that gives up",
    EDGE.routeTimeout,
    "route",
    /gave up waiting/,
    /annotation/,
    "haproxy.router.openshift.io/timeout: 600s",
  ],
  [
    "a route that has moved",
    (response) => response.writeHead(301, { location: "https://new.example/" }).end(),
    "route",
    /moved to https:\/\/new\.example/,
    /Change the address/,
  ],
  [
    "a website",
    always(200, "<html><title>Welcome to nginx!</title></html>", HTML),
    "route",
    /Welcome to nginx!/,
    /base address/,
  ],
  [
    "plain http at nginx's TLS port",
    always(
      400,
      "<html><title>400 The plain HTTP request was sent to HTTPS port</title></html>",
      HTML,
    ),
    "route",
    /speaks TLS/,
    /https:\/\//,
  ],
  ["a server that is starting", EDGE.notReady, "live", /is not ready/, /Wait/],
  ["too many requests", always(429, '{"error":"slow down"}'), "live", /slow down/, /Wait/],
  [
    "a model by another name",
    edgeBut("/stable-diffusion", EDGE.unknownModel),
    "model",
    /no such model/,
    /Set the model to one that is there: stable-diffusion\./,
  ],
  [
    "a model that is not ready",
    edgeBut("/stable-diffusion/ready", EDGE.notReady),
    "model",
    /is not ready/,
    /Wait/,
  ],
  [
    "413",
    edgeBut(INFER, always(413, "<html><title>413 Request Entity Too Large</title></html>", HTML)),
    "picture",
    /larger than the endpoint takes/,
    /max_request_size/,
  ],
  [
    "422",
    edgeBut(INFER, EDGE.wrongShape),
    "picture",
    /status 422: body\.inputs\.shape/,
    /another schema: give this report/,
  ],
  [
    "422, where all settings are sent",
    edgeBut(INFER, EDGE.wrongShape),
    "picture",
    /status 422: body\.inputs\.shape/,
    /another schema: set what is sent to Prompt only/,
    undefined,
    { profile: "full" },
  ],
  [
    "500 around a handler that failed",
    edgeBut(INFER, EDGE.handlerFailed),
    "picture",
    /handler failed/,
    /pod's log/,
  ],
  [
    "a dead TorchServe behind a wrapper",
    edgeBut(INFER, EDGE.torchserveDead),
    "picture",
    /wrapper runs, but its TorchServe does not/,
    /Delete the pod/,
  ],
  [
    "a worker that died",
    edgeBut(
      INFER,
      always(500, '{"code":500,"type":"InternalServerException","message":"Worker died."}'),
    ),
    "picture",
    /responseTimeout.*max_response_size/,
    /Raise responseTimeout/,
  ],
  [
    "504 after 30 s",
    edgeBut(INFER, EDGE.routeTimeout),
    "picture",
    /gave up waiting/,
    /30 s by default/,
    "haproxy.router.openshift.io/timeout: 600s",
  ],
  [
    "a picture cut in the middle",
    edgeBut(INFER, EDGE.truncated),
    "picture",
    /did not arrive completely/,
    /cuts replies off/,
  ],
];

test.each(CASES.map((given) => ({ name: given[0], given })))("$name", async ({ given }) => {
  const [, answer, step, seen, fix, copy, more] = given;
  const edge = await standInEndpoint(answer);
  const found = await findings(edge.url, more, step === "picture");
  const finding = failed(found);
  expect(finding).toMatchObject({
    step,
    seen: expect.stringMatching(seen),
    fix: expect.stringMatching(fix),
    ...(copy !== undefined && { copy }),
  });
  const after = found.slice(found.indexOf(finding) + 1);
  expect(after.every(({ outcome }) => outcome === "skipped")).toBe(true);
});

test.each<[string, Answer, boolean | undefined]>([
  [
    "a router without a pod",
    always(503, "<title>Application is not available</title>", HTML),
    true,
  ],
  ["a server whose model is loading", EDGE.notReady, true],
  ["a model that is not ready", edgeBut("/stable-diffusion/ready", EDGE.notReady), true],
  ["a model that says no", edgeBut("/ready", always(200, '{"ready":false}')), true],
  ["a server that is busy", always(429, '{"error":"slow down"}'), undefined],
  ["a host that is not known", always(404, "", HTML), undefined],
])("%s may be starting: %o", async (_what, answer, isStarting) => {
  const edge = await standInEndpoint(answer);
  expect(failed(await findings(edge.url)).isStarting).toBe(isStarting);
});

test("no cluster commands are given for an address outside a cluster", async () => {
  for (const kind of ["openai", "a1111"] as const) {
    for (const answer of [EDGE.unauthorized, EDGE.routeTimeout, always(404, "", HTML)]) {
      const edge = await standInEndpoint(answer);
      const { fix, copy } = failed(await findings(edge.url, { kind }));
      expect([fix, copy]).toEqual([expect.stringMatching(/\.$/), undefined]);
      expect(fix).not.toMatch(/InferenceService|pod|cluster|annotation/);
    }
  }
});

test("a token that expires within a day causes a warning, and one without an expiry date does not", async () => {
  const edge = await standInEndpoint(notebookService());
  const soon = await findings(edge.url, { token: jwt(SOON) });
  expect(soon.find(({ step }) => step === "token")).toMatchObject({
    outcome: "warning",
    seen: "Accepted until 2026-11-25 20:00 UTC",
    copy: "oc create token kt2-sa -n sd-proj --duration=720h",
  });
});

test.each<[string, Parameters<typeof certificate>[0], RegExp, RegExp]>([
  [
    "of another host",
    { hosts: ["elsewhere.example"] },
    /for another host.*elsewhere\.example/,
    /name that it is for/,
  ],
  ["of a private CA", {}, /self-signed/, /Trust its CA/],
  [
    "that has expired",
    { from: new Date("2026-01-01"), until: new Date("2026-02-01") },
    /has expired.*2026-02-01|self-signed/,
    /renew|Trust/,
  ],
])("a certificate %s is named", async (name, options, seen, fix) => {
  const pair = await certificate(options);
  const edge = await standInEndpoint(notebookService(), pair);
  const ca = name === "of a private CA" ? null : pair.cert;
  const finding = failed(await findings(edge.url, { ca, token: CANARY }));
  expect(finding).toMatchObject({
    step: "tls",
    seen: expect.stringMatching(seen),
    fix: expect.stringMatching(fix),
  });
  expect(edge.received()).not.toContain(CANARY);
});

test("plain http on a TLS port, and the reverse, are distinguished", async () => {
  const plain = await standInEndpoint(notebookService());
  expect(failed(await findings(`https://127.0.0.1:${plain.port}`))).toMatchObject({
    step: "tls",
    seen: `Port ${plain.port} speaks plain http, not TLS.`,
    fix: expect.stringContaining("http://"),
  });
  const tls = await standInEndpoint(notebookService(), await certificate());
  expect(failed(await findings(`http://127.0.0.1:${tls.port}`))).toMatchObject({
    step: "route",
    seen: "This port speaks TLS, and was spoken to in plain http.",
    fix: expect.stringContaining("https://"),
  });
});

test("an unknown name, and a port without a listener, are distinguished", async () => {
  expect(failed(await findings("https://name.invalid"))).toMatchObject({ step: "dns" });
  const inside = failed(await findings("http://kt2-predictor.sd-proj.svc.cluster.local:8080"));
  expect(inside).toMatchObject({
    step: "dns",
    copy: "oc port-forward service/kt2-predictor 8080 -n sd-proj",
  });
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? address?.port : 0;
  server.close();
  await once(server, "close");
  expect(failed(await findings(`http://127.0.0.1:${port}`))).toMatchObject({
    step: "tcp",
    seen: expect.stringContaining("nothing listens"),
  });
});

test("a saved endpoint learns from its doctor, and a cancel ends at once", async () => {
  const edge = await standInEndpoint(notebookService());
  const { endpoints } = await openEndpoints();
  const { id } = await endpoints.add(added(edge.url));
  const steps: string[] = [];
  for await (const { step } of endpoints.diagnose({ id, isPictureAsked: false }, never))
    steps.push(step);
  expect(steps.at(-1)).toBe("picture");
  expect(endpoints.get(id).check).toMatchObject({ state: "ready" });

  const silent = await standInEndpoint(() => {});
  const cancel = new AbortController();
  onTestFinished(() => cancel.abort());
  const asked = { endpoint: { ...added(silent.url), headers: [] }, isPictureAsked: false };
  let last: Finding | undefined;
  for await (const finding of endpoints.diagnose(asked, cancel.signal)) {
    last = finding;
    if (finding.step === "route") cancel.abort();
  }
  expect(last).toEqual({ step: "route", outcome: "running" });
});
