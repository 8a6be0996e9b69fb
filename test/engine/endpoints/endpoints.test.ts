import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { decodePicture } from "../../../engine/codecs/picture-codec.ts";
import { StudioError } from "../../../engine/contract/errors.ts";
import { certificate } from "../../fakes/certificates.ts";
import { added, openEndpoints, ORDER } from "../../fakes/open-endpoints.ts";
import { refusal } from "../../fakes/refusal.ts";
import { EDGE, notebookReply, notebookService, PIXELS } from "../../fakes/notebook-service.ts";
import { always, standInEndpoint, type Answer } from "../../fakes/stand-in-endpoint.ts";

const CANARY = "canary-7f3a9c51d0ab";
const never = new AbortController().signal;

test("an endpoint is added without contacting it, and survives a restart", async () => {
  const edge = await standInEndpoint(notebookService());
  const { endpoints, folder, secrets, changes } = await openEndpoints();
  const token = `e30.${Buffer.from('{"exp":1800000000,"sub":"system:serviceaccount:a:b"}').toString("base64url")}.${CANARY}`;
  const endpoint = await endpoints.add(
    added(`${edge.url}/v2/models/stable-diffusion/infer`, {
      token: `${token}\n`,
      headers: [{ name: "X-API-Key", value: `${CANARY}-header` }],
    }),
  );
  const expected = {
    id: expect.stringMatching(/^[\da-f]{16}$/),
    name: `127.0.0.1:${edge.port}`,
    url: `${edge.url}/v2/models/stable-diffusion/infer`,
    origin: edge.url,
    model: "stable-diffusion",
    profile: "prompt",
    kind: "v2",
    isKindAssumed: true,
    ca: null,
    isInsecure: false,
    isTokenOverHttp: false,
    isDirect: false,
    headers: ["X-API-Key"],
    timeoutSeconds: 600,
    startSeconds: 0,
    checkMinutes: 0,
    hasToken: true,
    tokenExpiresAt: "2027-01-15T08:00:00.000Z",
    tokenSubject: "system:serviceaccount:a:b",
    createdAt: "2026-11-25T12:00:00.000Z",
  };
  expect(endpoint).toEqual(expected);
  expect(edge.received()).toBe("");
  expect(changes).toEqual([endpoint]);
  const file = join(folder, "endpoints.json");
  expect(readFileSync(file, "utf8")).not.toContain(CANARY);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const again = await openEndpoints({ dataFolder: folder, secrets });
  expect(again.endpoints.list()).toEqual([endpoint]);
});

test("a damaged file is set aside and reported", async () => {
  const { folder } = await openEndpoints();
  writeFileSync(join(folder, "endpoints.json"), '{"endpoints": [{"id": 5}');
  const { endpoints } = await openEndpoints({ dataFolder: folder });
  expect([endpoints.list(), endpoints.notices]).toEqual([
    [],
    [expect.stringContaining("endpoints.json could not be used")],
  ]);
});

test("an endpoint of a later version is kept and counted, and an unknown refusal causes no loss", async () => {
  const { endpoints, folder, secrets } = await openEndpoints();
  const sound = await endpoints.add(added("https://sound.example"));
  const path = join(folder, "endpoints.json");
  const { endpoints: rows } = JSON.parse(readFileSync(path, "utf8")) as { endpoints: object[] };
  const later = { id: "later", url: "https://later.example", protocol: 3 };
  const failed = { code: "OF_A_LATER_VERSION", message: "x", details: {} };
  const withError = rows.map((row) => ({ ...row, lastError: failed }));
  writeFileSync(path, JSON.stringify({ endpoints: [later, ...withError] }));
  const again = (await openEndpoints({ dataFolder: folder, secrets })).endpoints;
  expect([again.list().map(({ id }) => id), again.notices.length]).toEqual([[sound.id], 1]);
  await again.change({ id: sound.id, name: "renamed" });
  expect(JSON.parse(readFileSync(path, "utf8"))).toMatchObject({
    endpoints: [{ id: sound.id, name: "renamed" }, later],
  });
});

test.each([
  ["an address that grows by its scheme", `a.example/${"p".repeat(2035)}`],
  ["a host's endless label for a name", `https://${"h".repeat(120)}.example`],
  ["an address with an endless model", `https://a.example/v2/models/${"m".repeat(400)}/infer`],
])("%s is refused, without affecting another endpoint", async (_, url) => {
  const { endpoints, folder, secrets } = await openEndpoints();
  const sound = await endpoints.add(added("https://sound.example"));
  const refused = endpoints.add(added(url, { token: CANARY }));
  await expect(refused).rejects.toThrow(refusal("REQUEST_INVALID"));
  expect((await openEndpoints({ dataFolder: folder })).endpoints.list()).toEqual([sound]);
  expect(secrets.kept.size).toBe(0);
});

test("an invalid model name is not learned, and does not affect another endpoint", async () => {
  const edge = await standInEndpoint(always(200, JSON.stringify({ models: [" "] })));
  const { endpoints, folder } = await openEndpoints();
  const endpoint = await endpoints.add(added(edge.url));
  await expect(endpoints.test(endpoint.id)).rejects.toThrow(refusal("REQUEST_INVALID"));
  expect((await openEndpoints({ dataFolder: folder })).endpoints.list()).toEqual([endpoint]);
});

test("a test learns what the user did not set: the model it lists, and its settings", async () => {
  const inputs = ["prompt", "num_inference_steps", "seed"];
  const ours = await standInEndpoint((response, request, count) => {
    const replies: Readonly<Record<string, object>> = {
      "/base/v2/health/ready": {},
      "/base/v2": { name: "darkroom", version: "0.1.0" },
      "/base/v2/models": { models: ["starter"] },
      "/base/v2/models/starter": {
        name: "starter",
        inputs: inputs.map((name) => ({ name, datatype: "BYTES", shape: [-1] })),
      },
    };
    always(200, JSON.stringify(replies[request.path] ?? {}))(response, request, count);
  });
  const { endpoints } = await openEndpoints();
  const { id } = await endpoints.add(added(`${ours.url}/base/`, { token: CANARY }));
  const check = await endpoints.test(id);
  expect(check).toEqual({
    at: "2026-11-25T12:00:00.000Z",
    state: "ready",
    ms: expect.any(Number),
    server: "darkroom 0.1.0",
    models: ["starter"],
    inputs,
  });
  expect(endpoints.get(id)).toMatchObject({ model: "starter", profile: "full", check });
  expect(ours.seen.map(({ path, headers }) => [path, headers["authorization"]])).toEqual(
    ["/health/ready", "", "/models", "/models/starter", "/models/starter/ready"].map((path) => [
      `/base/v2${path}`,
      `Bearer ${CANARY}`,
    ]),
  );
});

test("the notebook's service is ready, and accepts only a prompt", async () => {
  const edge = await standInEndpoint(notebookService());
  const { endpoints } = await openEndpoints();
  const { id } = await endpoints.add(added(edge.url));
  expect(await endpoints.test(id)).toMatchObject({
    state: "ready",
    server: "kserve 0.13.0",
    models: ["stable-diffusion"],
    inputs: [],
  });
  expect(endpoints.get(id)).toMatchObject({ model: "stable-diffusion", profile: "prompt" });
});

const NOTHING = always(404, "");

test.each<[string, Answer, string, string]>([
  ["403 and a sign-in page", EDGE.signIn, "failed", "ENDPOINT_TOKEN_REFUSED"],
  ["200 and a sign-in page", EDGE.signInDisguised, "failed", "ENDPOINT_TOKEN_REFUSED"],
  ["302 to the login", EDGE.login, "failed", "ENDPOINT_TOKEN_REFUSED"],
  ["401", EDGE.unauthorized, "failed", "ENDPOINT_TOKEN_REFUSED"],
  ["503", EDGE.notReady, "not-ready", "ENDPOINT_BUSY"],
  ["a page", always(200, "<html>hello"), "failed", "ENDPOINT_REPLY_INVALID"],
  ["404", always(404, "nothing here"), "failed", "ENDPOINT_REFUSED"],
  ["404 and nothing", NOTHING, "failed", "ENDPOINT_NOT_SERVED"],
  ["a router's 503", always(503, "no healthy upstream"), "failed", "ENDPOINT_NOT_SERVED"],
])("a test that meets %s reports it, and refuses nothing", async (_, answer, state, code) => {
  const edge = await standInEndpoint(answer);
  const { endpoints } = await openEndpoints();
  const { id } = await endpoints.add(added(edge.url));
  const check = await endpoints.test(id);
  expect(check).toMatchObject({ state, models: [], inputs: [], error: { code } });
  expect(endpoints.get(id).check).toEqual(check);
  // If nothing is served there, it may be plain TorchServe, or a server of another protocol.
  const others = edge.seen.slice(1).map(({ path }) => path);
  expect(others).toEqual(answer === NOTHING ? ["/ping", "/v1/models", "/sdapi/v1/options"] : []);
});

test("a wrapper with v1 draws at v1's address, and is asked there until the doctor's picture comes from v2's", async () => {
  const service = notebookService();
  let isV1 = true;
  const edge = await standInEndpoint((response, request, count) => {
    if (isV1 && request.path.endsWith("/infer")) return EDGE.v1Wrapper(response, request, count);
    if (!request.path.endsWith(":predict")) return service(response, request, count);
    return always(200, JSON.stringify(notebookReply(PIXELS)))(response, request, count);
  });
  const { endpoints } = await openEndpoints();
  const { id } = await endpoints.add(added(edge.url));
  for (const _ of [1, 2]) {
    const { pixels } = await endpoints.draw(id, ORDER, { signal: never });
    expect([pixels.width, pixels.height]).toEqual([3, 2]);
    await vi.waitFor(() => expect(endpoints.get(id).isV1Wrapper).toBe(true), 20_000);
  }
  const [first, ...others] = edge.seen;
  expect(first?.path).toBe("/v2/models/stable-diffusion/infer");
  expect(others.map(({ path }) => path)).toEqual(
    Array(2).fill("/v1/models/stable-diffusion:predict"),
  );
  expect(JSON.parse(others[0]?.body ?? "")).toMatchObject({ inputs: [{ data: [ORDER.prompt] }] });

  for (isV1 of [true, false]) {
    await Array.fromAsync(endpoints.diagnose({ id, isPictureAsked: true }, never));
    await vi.waitFor(() => expect(endpoints.get(id).isV1Wrapper).toBe(isV1), 20_000);
  }
  await endpoints.draw(id, ORDER, { signal: never });
  expect(edge.seen.at(-1)?.path).toBe("/v2/models/stable-diffusion/infer");
});

test("a wrapper that is busy at v1's address is not asked again at v2's", async () => {
  let busy = 1;
  const edge = await standInEndpoint((response, request, count) => {
    if (request.path.endsWith("/infer")) return EDGE.v1Wrapper(response, request, count);
    const answer =
      busy-- > 0
        ? always(503, JSON.stringify({ error: "queue full" }), { "retry-after": "0" })
        : always(200, JSON.stringify(notebookReply(PIXELS)));
    return answer(response, request, count);
  });
  const { endpoints } = await openEndpoints();
  const { id } = await endpoints.add(added(edge.url));
  await endpoints.draw(id, ORDER, { signal: never });
  const [infer, predict] = [
    "/v2/models/stable-diffusion/infer",
    "/v1/models/stable-diffusion:predict",
  ];
  expect(edge.seen.map(({ path }) => path)).toEqual([infer, predict, predict]);
});

/** TorchServe 0.12 without KServe's wrapper, as observed: no Content-Type, and no reason phrase. */
function torchserve(worker: string): Answer {
  const replies: Readonly<Record<string, unknown>> = {
    "/ping": { status: "Healthy" },
    "/models": { models: [{ modelName: "sd", modelUrl: "sd.mar" }] },
    "/models/sd": [
      { modelName: "sd", modelVersion: "1.0", workers: [{ id: "9000", status: worker }] },
    ],
    "/v2/models/sd/infer": notebookReply(PIXELS),
  };
  return (response, { path }) => {
    const found = replies[path];
    const [code, type] = [404, "ResourceNotFoundException"];
    const message = "Requested resource is not found, please refer to API document.";
    response.writeHead(found === undefined ? code : 200, "", {});
    response.end(`${JSON.stringify(found ?? { code, type, message }, null, 2)}\n`);
  };
}

test("plain TorchServe is recognised by its ping, and its model by a ready worker", async () => {
  const server = await standInEndpoint(torchserve("READY"));
  const { endpoints } = await openEndpoints();
  const { id } = await endpoints.add(added(server.url));
  expect(await endpoints.test(id)).toMatchObject({
    state: "ready",
    server: "TorchServe",
    models: ["sd"],
  });
  const { pixels } = await endpoints.draw(id, { ...ORDER, model: "sd" }, { signal: never });
  expect([pixels.width, pixels.height]).toEqual([3, 2]);
});

test("TorchServe is healthy before its model is loaded: that is not ready", async () => {
  const server = await standInEndpoint(torchserve("LOADING"));
  const { endpoints } = await openEndpoints();
  const { id } = await endpoints.add(added(server.url));
  expect(await endpoints.test(id)).toMatchObject({
    state: "not-ready",
    error: {
      code: "ENDPOINT_BUSY",
      details: { reason: "its model sd has no worker that is ready" },
    },
  });
});

const READY = "/v2/models/stable-diffusion/ready";
const STARTING = "Model stable-diffusion is starting";

test.each<[string, Answer, string, string | undefined]>([
  ["200 and an empty body", always(200, ""), "ready", undefined],
  ["200 and yes", always(200, '{"name":"stable-diffusion","ready":true}'), "ready", undefined],
  ["404", always(404, '{"detail":"Not Found"}'), "ready", undefined],
  ["405", always(405, ""), "ready", undefined],
  [
    "200 and no",
    always(200, '{"name":"stable-diffusion","ready":false}'),
    "not-ready",
    "its model stable-diffusion is not ready",
  ],
  ["503", always(503, JSON.stringify({ error: STARTING })), "not-ready", STARTING],
  ["400", always(400, JSON.stringify({ error: STARTING })), "not-ready", STARTING],
])(
  "a test of a live service says whether its model is ready, by %s",
  async (_, answer, state, reason) => {
    const service = notebookService();
    const edge = await standInEndpoint((response, request, count) =>
      (request.path === READY ? answer : service)(response, request, count),
    );
    const { endpoints } = await openEndpoints();
    const { id } = await endpoints.add(added(edge.url));
    const { state: found, error, models } = await endpoints.test(id);
    expect([found, error?.details["reason"], models]).toEqual([
      state,
      reason,
      ["stable-diffusion"],
    ]);
    expect(edge.seen.at(-1)?.path).toBe(READY);
  },
);

test("a test of a missing model says so, with the existing ones", async () => {
  const edge = await standInEndpoint(notebookService());
  const { endpoints } = await openEndpoints();
  const { id } = await endpoints.add(added(edge.url, { model: "kt2" }));
  expect(await endpoints.test(id)).toMatchObject({
    state: "failed",
    models: ["stable-diffusion"],
    error: { code: "ENDPOINT_MODEL_UNKNOWN" },
  });
  expect(endpoints.get(id).model).toBe("kt2");
});

test("a test without a listener, and one whose token is gone, fail without a refusal", async () => {
  const { endpoints, secrets } = await openEndpoints();
  const { id } = await endpoints.add(added("http://127.0.0.1:9", { token: CANARY }));
  expect(await endpoints.test(id)).toMatchObject({
    state: "failed",
    error: { code: "ENDPOINT_UNREACHABLE" },
  });
  secrets.kept.clear();
  expect(await endpoints.test(id)).toMatchObject({
    state: "failed",
    error: { code: "ENDPOINT_TOKEN_REFUSED" },
  });
});

test("without a saved token, a refusal says that none was sent; with one, what the endpoint says", async () => {
  const edge = await standInEndpoint(always(403, '{"error":"Forbidden"}'));
  const { endpoints } = await openEndpoints();
  const { id } = await endpoints.add(added(edge.url));
  const details = { reason: "none was sent (Forbidden)" };
  const refused = endpoints.draw(id, ORDER, { signal: never });
  await expect(refused).rejects.toEqual(refusal("ENDPOINT_TOKEN_REFUSED", details));
  expect((await endpoints.test(id)).error).toMatchObject({
    message: expect.stringMatching(/none was sent \(Forbidden\)\. Enter a token/),
    details,
  });
  await endpoints.setToken(id, CANARY);
  expect((await endpoints.test(id)).error?.details).toEqual({ reason: "Forbidden" });
});

test("findings with another token are marked as such, until the next test", async () => {
  const edge = await standInEndpoint(notebookService());
  const { endpoints } = await openEndpoints();
  const { id } = await endpoints.add(added(edge.url));
  const check = await endpoints.test(id);
  expect(check.isOutdated).toBeUndefined();
  const changed = await endpoints.setToken(id, null);
  expect(changed.check).toEqual({ ...check, isOutdated: true });
  await endpoints.test(id);
  expect(endpoints.get(id).check).toEqual({ ...check, ms: expect.any(Number) });
});

test("the service's picture arrives, and the request equals the notebook's", async () => {
  const edge = await standInEndpoint(notebookService());
  const { endpoints } = await openEndpoints();
  const { id } = await endpoints.add(added(edge.url));
  const { png, pixels, seconds, ...told } = await endpoints.draw(id, ORDER, { signal: never });
  expect(told).toEqual({ sent: ORDER });
  expect(await decodePicture(png, "it")).toEqual(pixels);
  expect(pixels).toEqual({ width: 3, height: 2, data: Uint8Array.from(PIXELS.flat(2)) });
  expect(seconds).toBeLessThan(5);
  expect(JSON.parse(edge.seen[0]!.body)).toEqual({
    id: expect.any(String),
    inputs: [{ name: "input0", shape: [1], datatype: "BYTES", data: ["a dog"] }],
  });
});

test("only the pixels of a picture that arrives as a file are kept", async () => {
  const file = (await import("sharp")).default({
    create: { width: 3, height: 2, channels: 3, background: "#204080" },
  });
  const webp = await file
    .withExif({ IFD0: { Copyright: CANARY } })
    .webp({ lossless: true })
    .toBuffer();
  const edge = await standInEndpoint(always(200, webp, { "content-type": "image/webp" }));
  const { endpoints } = await openEndpoints();
  const { id } = await endpoints.add(added(edge.url));
  const { png, pixels } = await endpoints.draw(id, ORDER, { signal: never });
  expect([pixels.width, pixels.height]).toEqual([3, 2]);
  expect(await decodePicture(png, "it")).toEqual(pixels);
  expect(Buffer.from(png).toString("latin1")).not.toContain(CANARY);
});

test.each<[string, Answer, string]>([
  ["a handler that failed", EDGE.handlerFailed, "ENDPOINT_FAULT"],
  ["a route's 504", EDGE.routeTimeout, "ENDPOINT_TIMED_OUT"],
  ["a sign-in page with 403", EDGE.signIn, "ENDPOINT_TOKEN_REFUSED"],
  ["a sign-in page with 200", EDGE.signInDisguised, "ENDPOINT_TOKEN_REFUSED"],
  ["a login to go to", EDGE.login, "ENDPOINT_TOKEN_REFUSED"],
  ["401", EDGE.unauthorized, "ENDPOINT_TOKEN_REFUSED"],
  ["422 of FastAPI", EDGE.wrongShape, "ENDPOINT_REFUSED"],
  ["a model that is not there", EDGE.unknownModel, "ENDPOINT_MODEL_UNKNOWN"],
  ["half a reply", EDGE.truncated, "ENDPOINT_REPLY_BROKEN"],
  ["NaN", EDGE.notANumber, "ENDPOINT_PICTURE_INVALID"],
  ["nothing", always(200, ""), "ENDPOINT_REPLY_INVALID"],
  ["a broken picture", always(200, "\x89PNG\r\n\x1a\n", {}), "ENDPOINT_REPLY_INVALID"],
])("%s is refused by name, after one attempt, and remembered", async (_, answer, code) => {
  const edge = await standInEndpoint(answer);
  const { endpoints, changes } = await openEndpoints();
  const { id } = await endpoints.add(added(edge.url));
  const error = await endpoints.draw(id, ORDER, { signal: never }).catch((one: unknown) => one);
  expect(error).toBeInstanceOf(StudioError);
  expect(error).toEqual(refusal(code as StudioError["code"]));
  expect(edge.seen.length).toBe(1);
  expect(endpoints.get(id).lastError?.code).toBe(code);
  expect(changes.at(-1)?.lastError?.code).toBe(code);
});

test("a full queue is asked again, and a picture clears the last error", async () => {
  const edge = await standInEndpoint((response, request, count) => {
    if (count === 1) EDGE.handlerFailed(response, request, count);
    else if (count === 2) EDGE.queueFull(response, request, count);
    else if (count === 3) response.writeHead(429, { "retry-after": "0" }).end();
    else notebookService()(response, request, count);
  });
  const { endpoints } = await openEndpoints();
  const { id } = await endpoints.add(added(edge.url));
  await expect(endpoints.draw(id, ORDER, { signal: never })).rejects.toThrow("Prediction failed");
  expect(endpoints.get(id).lastError).toBeDefined();
  const attempts: number[] = [];
  vi.spyOn(Math, "random").mockReturnValue(0.01);
  await endpoints.draw(id, ORDER, { signal: never, onAttempt: (count) => attempts.push(count) });
  vi.restoreAllMocks();
  expect([attempts, edge.seen.length]).toEqual([[1, 2, 3], 4]);
  expect(endpoints.get(id).lastError).toBeUndefined();
});

test("secrets that an endpoint quotes are never shown", async () => {
  const quoting: Answer = (response, request, count) => {
    const secrets = [request.headers["authorization"], request.headers["x-api-key"]].join(" and ");
    if (request.path.endsWith("/infer")) {
      always(400, JSON.stringify({ error: `bad: ${secrets}` }))(response, request, count);
    } else {
      const reply = { name: secrets, models: [secrets], inputs: [{ name: secrets }] };
      always(200, JSON.stringify(reply))(response, request, count);
    }
  };
  const edge = await standInEndpoint(quoting);
  const { endpoints, folder } = await openEndpoints();
  const headers = [{ name: "x-api-key", value: `${CANARY}-header` }];
  const { id } = await endpoints.add(added(edge.url, { token: CANARY, headers }));
  await endpoints.test(id);
  const refused = endpoints.draw(id, ORDER, { signal: never });
  await expect(refused).rejects.toThrow("bad: Bearer … and …");
  const seen =
    JSON.stringify(endpoints.list()) + readFileSync(join(folder, "endpoints.json"), "utf8");
  expect(edge.received()).toContain(CANARY);
  expect(seen).not.toContain(CANARY);
});

test("a picture arrives though its endpoint's state cannot be written", async () => {
  const service = notebookService();
  const edge = await standInEndpoint((response, request, count) =>
    (count === 1 ? always(500, "no") : service)(response, request, count),
  );
  const { endpoints, folder } = await openEndpoints();
  const { id } = await endpoints.add(added(edge.url, { model: "stable-diffusion" }));
  const failed = endpoints.draw(id, ORDER, { signal: never });
  await expect(failed).rejects.toThrow(refusal("ENDPOINT_FAULT"));
  rmSync(join(folder, "endpoints.json"));
  mkdirSync(join(folder, "endpoints.json"));
  const { pixels } = await endpoints.draw(id, ORDER, { signal: never });
  expect([pixels.width, pixels.height]).toEqual([3, 2]);
});

test("an echo that is cut inside the token shows no part of it", async () => {
  const token = `sha256~${CANARY}`;
  const error = `${"x".repeat(285)}:Bearer=${token}`;
  const edge = await standInEndpoint(always(500, JSON.stringify({ error })));
  const { endpoints } = await openEndpoints();
  const { id } = await endpoints.add(added(edge.url, { token }));
  await expect(endpoints.draw(id, ORDER, { signal: never })).rejects.toThrow(
    expect.objectContaining({
      code: "ENDPOINT_FAULT",
      details: expect.objectContaining({ reason: `${"x".repeat(285)}:Bearer=…` }),
    }),
  );
});

test("a redirect names its target, without secrets", async () => {
  const edge = await standInEndpoint((response) =>
    response.writeHead(307, { location: `https://moved.example/${CANARY}?token=${CANARY}` }).end(),
  );
  const { endpoints } = await openEndpoints();
  const { id } = await endpoints.add(added(edge.url, { token: CANARY }));
  const refused = endpoints.draw(id, ORDER, { signal: never });
  await expect(refused).rejects.toEqual(
    refusal("ENDPOINT_MOVED", { location: "https://moved.example/…" }),
  );
});

test("another origin gets neither token nor headers nor trust; the same origin keeps them", async () => {
  const { cert } = await certificate();
  const { endpoints, secrets } = await openEndpoints();
  const headers = [{ name: "x-api-key", value: CANARY }];
  const given = { token: CANARY, headers, isInsecure: true, ca: cert };
  const { id } = await endpoints.add(added("https://127.0.0.1:1", given));
  const same = await endpoints.change({ id, url: "https://127.0.0.1:1/base", name: "mine" });
  expect(same).toMatchObject({
    name: "mine",
    hasToken: true,
    isInsecure: true,
    headers: ["x-api-key"],
  });
  expect(secrets.kept.size).toBe(2);
  const other = await endpoints.change({ id, url: "https://127.0.0.1:2/base" });
  expect(other).toMatchObject({ hasToken: false, isInsecure: false, headers: [] });
  expect(secrets.kept.size).toBe(0);
});

test("a secret whose origin is not the endpoint's is never used, whatever the files say", async () => {
  const edge = await standInEndpoint(notebookService());
  const { endpoints, secrets, folder } = await openEndpoints();
  const { id } = await endpoints.add(added("http://127.0.0.1:9", { token: CANARY }));
  const file = join(folder, "endpoints.json");
  writeFileSync(file, readFileSync(file, "utf8").replace("http://127.0.0.1:9", edge.url));
  const again = await openEndpoints({ dataFolder: folder, secrets });
  const refused = again.endpoints.draw(id, ORDER, { signal: never });
  await expect(refused).rejects.toEqual(refusal("ENDPOINT_TOKEN_REFUSED"));
  expect(edge.received()).toBe("");
});

test("a token for http to another machine is refused when it is entered, unless that is allowed", async () => {
  const { endpoints, secrets } = await openEndpoints();
  const url = "http://192.0.2.1";
  const refused = refusal("REQUEST_INVALID");
  await expect(endpoints.add(added(url, { token: CANARY }))).rejects.toEqual(refused);
  const { id } = await endpoints.add(added(url));
  await expect(endpoints.setToken(id, CANARY)).rejects.toEqual(refused);
  expect([secrets.kept.size, endpoints.list().length]).toEqual([0, 1]);
  await endpoints.change({ id, isTokenOverHttp: true });
  expect(await endpoints.setToken(id, CANARY)).toMatchObject({ hasToken: true });
  expect(await endpoints.setToken(id, " \n")).toMatchObject({ hasToken: false });
});

test("another address or model clears what was learned; a choice of the user stays", async () => {
  const edge = await standInEndpoint(notebookService());
  const { endpoints } = await openEndpoints();
  const { id } = await endpoints.add(added(edge.url, { profile: "full" }));
  await endpoints.test(id);
  expect(endpoints.get(id)).toMatchObject({ profile: "full", check: { state: "ready" } });
  expect((await endpoints.change({ id, timeoutSeconds: 5 })).check).toBeDefined();
  const changed = await endpoints.change({ id, model: "other" });
  expect([changed.check, changed.model]).toEqual([undefined, "other"]);
  expect((await endpoints.test(id)).error?.code).toBe("ENDPOINT_MODEL_UNKNOWN");
});

test("an endpoint in use stays; another is removed with its secrets", async () => {
  let use: string | undefined = "still needed for 2 queued pictures";
  const { endpoints, secrets, removed } = await openEndpoints({ useOf: () => use });
  const { id } = await endpoints.add(
    added("https://edge.example", { name: "edge", token: CANARY }),
  );
  await expect(endpoints.remove(id)).rejects.toThrow(
    "edge cannot be removed: it is still needed for 2 queued pictures.",
  );
  use = undefined;
  await endpoints.remove(id);
  expect([removed, secrets.kept.size, endpoints.list()]).toEqual([[id], 0, []]);
  await expect(endpoints.test(id)).rejects.toEqual(refusal("NOT_FOUND", { what: "endpoint", id }));
});

test("replies with the same meaning give the same picture", async () => {
  const reply = notebookReply(PIXELS) as { outputs: { data: unknown }[] };
  const flat = {
    outputs: [{ ...reply.outputs[0], name: "generated_image", data: PIXELS.flat(2) }],
  };
  const bodies = [reply, flat, { predictions: PIXELS }, JSON.stringify(reply)].map((one) =>
    JSON.stringify(one),
  );
  const edge = await standInEndpoint((response, request, count) =>
    always(200, bodies[count - 1] ?? "")(response, request, count),
  );
  const { endpoints } = await openEndpoints();
  const { id } = await endpoints.add(added(edge.url));
  for (const _ of bodies) {
    const { pixels } = await endpoints.draw(id, ORDER, { signal: never });
    expect(Array.from(pixels.data)).toEqual(PIXELS.flat(2));
  }
});
