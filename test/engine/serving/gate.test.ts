import { expect, test } from "vitest";
import type { Caller } from "../../../engine/serving/caller.ts";
import { decide, type GateDecision, type GateOptions } from "../../../engine/serving/gate.ts";
import { hostsOf } from "../../../engine/http/hosts.ts";
import { methodsOf, scopesOf } from "../../../engine/serving/route-scopes.ts";
import { routesOf } from "../../../engine/serving/routes/install-routes.ts";
import type { SharedParts } from "../../../engine/serving/routes/route-parts.ts";

const PORT = 8080;

const ANONYMOUS: Caller = {
  id: "anonymous",
  scopes: new Set(["inference", "management"]),
  isSeedProfile: false,
  keepsPictures: false,
};
const DRAWER: Caller = { ...ANONYMOUS, id: "1", keyName: "drawer", scopes: new Set(["inference"]) };
const KEEPER: Caller = { ...DRAWER, id: "2", keyName: "keeper", scopes: new Set(["management"]) };
const CALLERS: Readonly<Record<string, Caller>> = { dk_drawer: DRAWER, dk_keeper: KEEPER };

/** From the declarations of the server's own routes. */
const SERVED = routesOf({ engine: {}, admission: {}, bodies: {} } as SharedParts);
const SCOPE_OF = scopesOf(SERVED);

function gate(changes: Partial<GateOptions> = {}): GateOptions {
  return {
    hosts: hostsOf("127.0.0.1", PORT, ["proxy.example"]).union(new Set(["proxy.example"])),
    origins: new Set(["https://pages.example"]),
    isKeyRequired: false,
    hasKeys: true,
    callerOf: (secret) => CALLERS[secret],
    anonymous: ANONYMOUS,
    scopeOf: SCOPE_OF,
    methodsOf: methodsOf(SERVED),
    ...changes,
  };
}

interface Sent {
  readonly method?: string;
  readonly url?: string;
  readonly host?: string | readonly string[] | undefined;
  readonly [header: string]: string | readonly string[] | undefined;
}

/** A request in Node's form. */
function pass(
  { method = "GET", url = "/v2", host = `localhost:${PORT}`, ...headers }: Sent,
  options = gate(),
): GateDecision {
  const hosts = [host].flat();
  const given = Object.entries(headers).filter(([, value]) => typeof value === "string");
  return decide(
    {
      method,
      url,
      headers: {
        ...(Object.fromEntries(given) as Record<string, string>),
        ...(hosts[0] !== undefined && { host: hosts[0] }),
      },
      rawHeaders: hosts.flatMap((each) => ["Host", each ?? ""]),
    },
    options,
  );
}

function statusOf(decision: GateDecision): number {
  if (decision.kind === "refused") return decision.rejection.status;
  return decision.kind === "in" ? 200 : 204;
}

const OUR_HOSTS = [
  "127.0.0.1:8080",
  "localhost:8080",
  "LOCALHOST:8080",
  "[::1]:8080",
  "proxy.example",
  "Proxy.Example:8080",
];
const FOREIGN_HOSTS = [
  "127.0.0.1",
  "localhost",
  "[::1]",
  "127.0.0.1:80",
  "localhost:1",
  "127.0.0.1:80800",
  "127.0.0.1:08080",
  "127.0.0.1:",
  "127.0.0.2:8080",
  "127.1:8080",
  "2130706433:8080",
  "0x7f000001:8080",
  "0177.0.0.1:8080",
  "0.0.0.0:8080",
  "[::]:8080",
  "[::ffff:127.0.0.1]:8080",
  "evil.test",
  "evil.test:8080",
  "localhost.evil.test:8080",
  "localhost.:8080",
  "127.0.0.1.evil.test:8080",
  "127.0.0.1.nip.io:8080",
  "studio.local:8080",
  "studio.internal:8080",
  "192.168.1.5:8080",
  "user@localhost:8080",
  "localhost:8080@evil.test",
  "localhost:8080/evil",
  "localhost:8080, evil.test",
  "localhost:8080 evil.test",
  "proxy.example.evil.test",
  "evil.proxy.example",
  "http://localhost:8080",
  "null",
];
const OUR_ORIGINS = [
  undefined,
  "http://localhost:8080",
  "http://127.0.0.1:8080",
  "https://pages.example",
];
const FOREIGN_ORIGINS = [
  "null",
  "http://evil.test",
  "http://evil.test:8080",
  "https://localhost:8080",
  "http://localhost:7860",
  "https://pages.example.evil.test",
  "http://pages.example",
  "file://",
  "app://studio",
];
const OUR_TYPES = [
  undefined,
  "application/json",
  "Application/JSON; charset=utf-8",
  "application/octet-stream",
];
const FOREIGN_TYPES = [
  "text/plain",
  "application/x-www-form-urlencoded",
  "multipart/form-data; boundary=a",
  "application/jsonp",
  "text/json",
];
const MODEL = "/v2/models/stable-diffusion";
const ROUTES = [
  "/v2/repository/index",
  "/v2/repository/models/starter/load",
  "/v2/repository/models/starter/unload",
  `${MODEL}/infer`,
  `${MODEL}/versions/1.0/infer`,
  `${MODEL}/generate`,
  `${MODEL}/generate_stream`,
  `${MODEL}/infer/`,
  "/v1/models/starter:predict",
  "/v1/models/starter%3Apredict",
  "/v2/health/ready",
  "/",
  "/nowhere",
  "//v2",
  "/v2/../v2",
];

test("of 40 hosts, 13 origins and 9 content types on every route, only ours of each are admitted", () => {
  const hosts = [...OUR_HOSTS, ...FOREIGN_HOSTS];
  const origins = [...OUR_ORIGINS, ...FOREIGN_ORIGINS];
  const types = [...OUR_TYPES, ...FOREIGN_TYPES];
  expect([hosts.length, origins.length, types.length]).toEqual([40, 13, 9]);
  const all = ROUTES.flatMap((url) =>
    hosts.flatMap((host) =>
      origins.flatMap((origin) => types.map((type) => ({ url, host, origin, type }))),
    ),
  );
  const isIn = all.map(({ type, ...sent }) => {
    const headers = { "content-type": type, "content-length": "2" };
    return pass({ ...sent, ...headers, method: "POST" }).kind === "in";
  });
  const isOurs = ({ host, origin, type }: (typeof all)[number]): boolean =>
    OUR_HOSTS.includes(host) && OUR_ORIGINS.includes(origin) && OUR_TYPES.includes(type);
  // Triton's C++ client labels its bodies like this and sends no Origin.
  const isTritons = ({ url, host, origin, type }: (typeof all)[number]): boolean =>
    url.startsWith("/v2/repository/") &&
    OUR_HOSTS.includes(host) &&
    origin === undefined &&
    type === "application/x-www-form-urlencoded";
  expect(all.filter((sent, i) => isIn[i] !== (isOurs(sent) || isTritons(sent)))).toEqual([]);
  expect(isIn.filter((is) => is).length).toBe(
    ROUTES.length * OUR_HOSTS.length * OUR_ORIGINS.length * OUR_TYPES.length + 3 * OUR_HOSTS.length,
  );
});

test("a key does not admit a foreign host or origin, but admits every content type to ours", () => {
  const authorization = "Bearer dk_drawer";
  const refused = [
    ...FOREIGN_HOSTS.map((host) => ({ host })),
    ...FOREIGN_ORIGINS.map((origin) => ({ origin })),
  ];
  const url = `${MODEL}/infer`;
  expect(
    refused.filter(
      (sent) => pass({ method: "POST", url, authorization, ...sent }).kind !== "refused",
    ),
  ).toEqual([]);
  const types = [...OUR_TYPES, ...FOREIGN_TYPES];
  const letIn = types.map(
    (type) => pass({ method: "POST", url, authorization, "content-type": type }).kind,
  );
  expect(new Set(letIn)).toEqual(new Set(["in"]));
});

test.each([
  ["no host", { host: [] }, 400],
  ["an empty host", { host: "" }, 400],
  ["two hosts", { host: ["localhost:8080", "localhost:8080"] }, 400],
  ["another server's whole address", { url: "http://evil.test/v2" }, 421],
  ["its own whole address", { url: "http://localhost:8080/v2" }, 421],
  ["a star", { method: "OPTIONS", url: "*" }, 421],
  ["PUT", { method: "PUT" }, 405],
  ["DELETE", { method: "DELETE" }, 405],
  ["TRACE", { method: "TRACE" }, 405],
  ["OPTIONS from nowhere", { method: "OPTIONS" }, 405],
  ["OPTIONS from our own origin", { method: "OPTIONS", origin: "http://localhost:8080" }, 405],
  ["OPTIONS from a foreign page", { method: "OPTIONS", origin: "http://evil.test" }, 403],
  ["OPTIONS from a listed page", { method: "OPTIONS", origin: "https://pages.example" }, 204],
  ["HEAD", { method: "HEAD" }, 200],
  [
    "an image on a foreign page",
    { "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors" },
    403,
  ],
  [
    "a link on a foreign page",
    { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" },
    403,
  ],
  ["a page on another port of ours", { "sec-fetch-site": "same-site" }, 403],
  ["a listed page", { "sec-fetch-site": "cross-site", origin: "https://pages.example" }, 200],
  ["an address that was typed", { "sec-fetch-site": "none" }, 200],
  ["a POST without a body", { method: "POST", "content-length": "0" }, 200],
  [
    "a form without a body",
    { method: "POST", "content-length": "0", "content-type": "text/plain" },
    415,
  ],
  ["chunks without a type", { method: "POST", "transfer-encoding": "chunked" }, 200],
] as const)("%s: %j gets %i", (_, sent, status) => {
  expect(statusOf(pass(sent))).toBe(status);
});

test("the listed page may read the result of its request, and no other page may", () => {
  const origin = "https://pages.example";
  expect(pass({ origin, method: "PUT" })).toMatchObject({ kind: "refused", origin });
  expect(pass({ origin })).toMatchObject({ kind: "in", origin });
  expect(pass({ origin: "http://localhost:8080" })).not.toHaveProperty("origin");
});

test.each([
  ["origin", "http://localhost:8080"],
  ["sec-fetch-site", "same-origin"],
  ["sec-fetch-mode", "navigate"],
  ["referer", "http://evil.test/"],
])("a browser's form to the repository is refused: %s", (name, value) => {
  const sent = {
    method: "POST",
    url: "/v2/repository/index",
    "content-type": "application/x-www-form-urlencoded",
  };
  expect(statusOf(pass(sent))).toBe(200);
  expect(statusOf(pass({ ...sent, [name]: value }))).toBe(415);
});

test("an unsupported method is answered with what the address does", () => {
  const told = ["/v2/repository/index", "/v2/models/m/infer?x=1", "/v2", "/nowhere/at/all"].map(
    (url) => {
      const decision = pass({ method: "BREW", url });
      return decision.kind === "refused" ? decision.rejection.error.details : undefined;
    },
  );
  expect(told).toEqual([
    { address: "/v2/repository/index", method: "BREW", allowed: "POST" },
    { address: "/v2/models/m/infer", method: "BREW", allowed: "POST" },
    { address: "/v2", method: "BREW", allowed: "GET or HEAD" },
    { address: "/nowhere/at/all", method: "BREW", allowed: "GET or HEAD or POST" },
  ]);
});

test("a missing type is answered with curl's option", () => {
  const decision = pass({ method: "POST", "content-type": "application/x-www-form-urlencoded" });
  expect(decision).toMatchObject({
    rejection: {
      status: 415,
      error: { message: expect.stringContaining("-H 'Content-Type: application/json'") },
    },
  });
});

/** Keys, and the status of each: without any key made, with some, and if one is required. */
test.each([
  [undefined, 200, 200, 401],
  ["Bearer dk_drawer", 200, 200, 200],
  ["bearer dk_drawer", 200, 200, 200],
  ["Bearer unknown", 200, 401, 401],
  ["Bearer dk_drawerx", 200, 401, 401],
  ["Bearer dk_drawe", 200, 401, 401],
  ["Bearer ", 200, 401, 401],
  ["Bearer sha256~of.a-cluster's", 200, 401, 401],
  ["Basic dXNlcjpwYXNz", 200, 200, 401],
  ["dk_drawer", 200, 200, 401],
])(
  "authorization %j gets %i without keys, %i with some, %i if one is required",
  (authorization, ...statuses) => {
    const none = gate({
      hasKeys: false,
      callerOf: (secret) => (authorization === "Bearer unknown" ? undefined : CALLERS[secret]),
    });
    const answers = [none, gate(), gate({ isKeyRequired: true })].map((options) =>
      statusOf(pass({ url: "/v2/models", authorization }, options)),
    );
    expect(answers).toEqual(statuses);
  },
);

const MANAGEMENT = [
  "/v2/repository/models/m/load",
  "/v2/repository/models/m/unload",
  "/v2/repository/models/m/load/",
  "/v2/repository/models/m/load?x=1",
  "/v2/repository/models/m/load#x",
  "/v2/repository/models/m/load;x",
  "/v2//repository///models/m//load",
  "/v2/repository/models/m/%6coad",
  "/v2/repository/models/m/%256coad",
  "/v2/%72epository/models/m/unload",
  "/v2%2frepository%2fmodels%2fm%2fload",
  "/V2/Repository/Models/m/Load",
  "/v2/repository/models/%E4/load",
  "/v2/repository/models/a%2fb/load",
  "/v2/./repository/models/m/load",
  "\\v2\\repository\\models\\m\\load",
];
const INFERENCE = [
  "/v2/repository/index",
  "/v2/models/load/infer",
  "/v2/models/repository/infer",
  "/v2/models/m",
  "/v1/models/load:predict",
  "/v2/models/m/generate_stream",
];

test("only a key for it loads and unloads, however the path is written; only one for pictures does the rest", () => {
  const statuses = (url: string, key: string): number =>
    statusOf(
      pass({
        method: "POST",
        url: url.replace("\\v2", "/\\v2"),
        authorization: `Bearer ${key}`,
        "content-type": "application/json",
      }),
    );
  expect(
    MANAGEMENT.map((url) => [url, statuses(url, "dk_drawer"), statuses(url, "dk_keeper")]),
  ).toEqual(MANAGEMENT.map((url) => [url, 403, 200]));
  expect(
    INFERENCE.map((url) => [url, statuses(url, "dk_drawer"), statuses(url, "dk_keeper")]),
  ).toEqual(INFERENCE.map((url) => [url, 200, 403]));
});

test("health is open to probes, at exactly these addresses, with the same address rules", () => {
  const strict = gate({ isKeyRequired: true });
  const open = [
    "/",
    "/v2/health/live",
    "/v2/health/ready",
    "/v2/health/ready/",
    "/v2/health/live?verbose",
  ];
  const closed = [
    "/v2",
    "/v2/health",
    "/v2/health/../models",
    "/v2/health/ready/x",
    "/v2/health/%72eady",
    "//v2/health/ready",
    "/v2/models/m/ready",
  ];
  expect(open.map((url) => statusOf(pass({ url }, strict)))).toEqual(open.map(() => 200));
  expect(closed.map((url) => statusOf(pass({ url }, strict)))).toEqual(closed.map(() => 401));
  expect(statusOf(pass({ url: "/", method: "POST", "content-length": "0" }, strict))).toBe(401);
  expect(statusOf(pass({ url: "/v2/health/ready", host: "evil.test:8080" }, strict))).toBe(421);
  expect(statusOf(pass({ url: "/v2/health/ready", origin: "null" }, strict))).toBe(403);
});
