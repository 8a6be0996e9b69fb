import type { Finding } from "../../engine/contract/doctor.ts";
import type { EndpointStats, StatsSpan } from "../../engine/contract/endpoint-stats.ts";
import type { Certificate, Endpoint, EndpointCheck } from "../../engine/contract/endpoints.ts";
import {
  type Details,
  type RefusalCode,
  StudioError,
  toWire,
} from "../../engine/contract/errors.ts";
import type { StudioEvent } from "../../engine/contract/events.ts";
import {
  type TrialNews,
  TRIED_SETTINGS,
  type Verdicts,
} from "../../engine/contract/setting-trial.ts";
import type { StudioClient } from "../../engine/contract/studio-client.ts";
import type { Scene } from "./fake-studio.ts";
import { ConnectionLost } from "../../renderer/connection/failure.ts";

const NOW = Date.now();
const HOUR_MS = 3_600_000;

function at(ms: number): string {
  return new Date(NOW + ms).toISOString();
}

function refusal(code: RefusalCode, details: Details) {
  return toWire(new StudioError(code, details));
}

export function checkOf(change: Partial<EndpointCheck> = {}): EndpointCheck {
  return { at: at(-120_000), state: "ready", ms: 84, models: [], inputs: [], ...change };
}

export function endpointOf(change: Partial<Endpoint> = {}): Endpoint {
  const origin = change.origin ?? "https://kt2-sd-proj.apps.cluster.example.com";
  return {
    id: "kt2",
    name: "kt2",
    url: origin,
    origin,
    model: "stable-diffusion",
    profile: "prompt",
    kind: "v2",
    ca: null,
    isInsecure: false,
    isTokenOverHttp: false,
    isDirect: false,
    headers: [],
    timeoutSeconds: 600,
    startSeconds: 600,
    checkMinutes: 0,
    hasToken: true,
    tokenSubject: "system:serviceaccount:sd-proj:kt2-sa",
    check: checkOf({ models: ["stable-diffusion"] }),
    medianSeconds: 23.4,
    medianOf: 5,
    createdAt: at(-48 * HOUR_MS),
    ...change,
  };
}

const PEM = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
const CERTIFICATE: Certificate = {
  subject: "*.apps.cluster.example.com",
  issuer: "ingress-operator@1690000000",
  fingerprint: Array.from({ length: 32 }, (_, i) =>
    ((i * 37 + 11) % 256).toString(16).padStart(2, "0").toUpperCase(),
  ).join(":"),
  validTo: at(300 * 24 * HOUR_MS),
  pem: PEM,
};
const AUTHORITY: Certificate = {
  ...CERTIFICATE,
  subject: "ingress-operator@1690000000",
  fingerprint: CERTIFICATE.fingerprint.split(":").toReversed().join(":"),
};

const FULL = checkOf({
  at: at(-4000),
  ms: 6,
  server: "darkroom 0.1.0",
  models: ["stable-diffusion-2", "stable-diffusion"],
  inputs: [
    "prompt",
    "negative_prompt",
    "seed",
    "num_inference_steps",
    "guidance_scale",
    "height",
    "width",
    "scheduler",
    "precision",
    "preset",
    "guidance_interval",
    "cache_interval",
    "decoder",
    "num_images_per_prompt",
  ],
});

const NOTEBOOK = endpointOf({
  checkMinutes: 5,
  starts: [{ at: at(-6 * HOUR_MS), seconds: 92 }],
  quietChecks: Array.from({ length: 30 }, (_, i) => ({
    at: at((i - 30) * 300_000),
    state: i === 11 || i === 12 ? ("not-ready" as const) : ("ready" as const),
    ms: 60 + ((i * 37) % 90),
  })),
});
const DARKROOM = endpointOf({
  id: "workshop",
  name: "Workshop machine",
  origin: "http://workshop.local:8080",
  profile: "full",
  model: "stable-diffusion-2",
  hasToken: false,
  tokenSubject: undefined,
  check: FULL,
  medianSeconds: 6.2,
  medianOf: 1,
});
const EXPIRED = endpointOf({
  id: "staging",
  name: "Staging",
  origin: "https://sd2-staging.apps.cluster.example.com",
  tokenExpiresAt: at(-2 * HOUR_MS),
  tokenSubject: "ada",
  check: checkOf({
    state: "failed",
    error: refusal("ENDPOINT_TOKEN_REFUSED", { reason: "401 Unauthorized" }),
  }),
  medianSeconds: undefined,
  medianOf: undefined,
});
const COLD = endpointOf({
  id: "cold",
  name: "A service that sleeps while nobody asks it for anything and takes its time to wake up",
  origin: "https://sd2-night-shift-sd-project-of-the-whole-department.apps.cluster.example.com",
  tokenExpiresAt: at(0.6 * HOUR_MS),
  check: checkOf({ state: "not-ready" }),
  lastError: refusal("ENDPOINT_TIMED_OUT", { status: 504 }),
  isInsecure: true,
});
const FRESH = endpointOf({
  id: "fresh",
  name: "Lab",
  origin: "https://10.20.0.8:8443",
  check: undefined,
  isKindAssumed: true,
  isModelAssumed: true,
  medianSeconds: undefined,
  medianOf: undefined,
  tokenExpiresAt: at(26 * HOUR_MS),
  ca: PEM,
  certificate: CERTIFICATE,
  headers: ["x-project"],
});
const UNKNOWN_MODEL = endpointOf({
  id: "wrong",
  name: "Wrong model",
  model: "kt2",
  hasToken: false,
  tokenSubject: undefined,
  check: checkOf({
    state: "failed",
    models: ["stable-diffusion", "stable-diffusion-xl"],
    error: refusal("ENDPOINT_MODEL_UNKNOWN", { reason: "Model with name kt2 does not exist" }),
  }),
});
const MOVED = endpointOf({
  id: "moved",
  name: "Moved",
  check: checkOf({
    state: "failed",
    error: refusal("ENDPOINT_MOVED", { location: "https://sso.example.com/login" }),
  }),
});

/** So many that they can be searched. */
const BRANCHES = ["Oslo", "Lyon", "Turin"].map((name) =>
  endpointOf({ id: name, name, origin: `https://${name.toLowerCase()}.example.com` }),
);

const ROWS: Readonly<Record<Scene, readonly Endpoint[]>> = {
  empty: [],
  welcome: [],
  few: [NOTEBOOK, DARKROOM],
  many: [NOTEBOOK, DARKROOM, FRESH, COLD, EXPIRED, UNKNOWN_MODEL, MOVED, ...BRANCHES],
  busy: [NOTEBOOK, DARKROOM],
  failed: [NOTEBOOK, EXPIRED, COLD, UNKNOWN_MODEL, MOVED],
  lost: [],
  damaged: [NOTEBOOK],
};

/** Duration of a test, long enough to be seen; much longer if the studio is busy. */
const TEST_MS = 400;
const BUSY_TEST_MS = 20_000;

/** Inference endpoints in a page's memory: a test of one has the same result as before. */
export class FakeEndpoints {
  readonly #scene: Scene;
  readonly #tell: (event: StudioEvent) => void;
  #all: readonly Endpoint[];
  #next = 1;

  constructor(scene: Scene, tell: (event: StudioEvent) => void) {
    this.#scene = scene;
    this.#tell = tell;
    this.#all = ROWS[scene];
  }

  /** Undefined for this device, and for an endpoint that was removed. */
  of(target: string): Endpoint | undefined {
    return this.#all.find(({ id }) => id === target);
  }

  #put(endpoint: Endpoint): Endpoint {
    const isKnown = this.of(endpoint.id) !== undefined;
    this.#all = isKnown
      ? this.#all.map((one) => (one.id === endpoint.id ? endpoint : one))
      : [...this.#all, endpoint];
    this.#tell({ type: "endpoints-changed", endpoints: [endpoint] });
    return endpoint;
  }

  #known(id: string): Endpoint {
    const endpoint = this.of(id);
    if (endpoint === undefined) throw new StudioError("NOT_FOUND", { what: "endpoint", id });
    return endpoint;
  }

  async #test(id: string): Promise<EndpointCheck> {
    const wait = this.#scene === "busy" ? BUSY_TEST_MS : TEST_MS;
    await new Promise((resolve) => setTimeout(resolve, wait));
    const endpoint = this.#known(id);
    const {
      at: _,
      isOutdated: _o,
      ...before
    } = endpoint.check ?? checkOf({ models: ["stable-diffusion"] });
    const check = { ...before, at: new Date().toISOString() };
    this.#put({ ...endpoint, check });
    return check;
  }

  /** A service that uses only seed and size; one that accepts only the prompt uses neither. */
  async *#trial({ id, profile }: Endpoint): AsyncGenerator<TrialNews, void> {
    const verdict = profile === "full" ? "used" : "ignored";
    const verdicts: Verdicts = {};
    for (const [i, setting] of (["size", "seed"] as const).entries()) {
      yield { trying: "seed", verdicts: { ...verdicts }, pictures: i, seconds: i * 4.2 };
      await new Promise((resolve) => setTimeout(resolve, TEST_MS));
      verdicts[setting] = verdict;
    }
    for (const setting of TRIED_SETTINGS) verdicts[setting] ??= "unknown";
    const found = { verdicts, pictures: 2, seconds: 8.4 };
    this.#put({ ...this.#known(id), trial: { at: new Date().toISOString(), ...found } });
    yield found;
  }

  client(): StudioClient["endpoints"] {
    return {
      list: async () => {
        if (this.#scene === "lost") throw new ConnectionLost();
        return [...this.#all];
      },
      add: async ({ token, headers = [], ...asked }) => {
        if (!/^https?:\/\/[^/]/.test(asked.url))
          throw new StudioError("REQUEST_INVALID", {
            field: "url",
            value: asked.url,
            reason: "it is no address",
          });
        const { origin, hostname } = new URL(asked.url);
        const given = Object.entries(asked).filter(([, value]) => value !== undefined);
        const name = hostname.split(".")[0]!;
        const added = endpointOf({
          name,
          origin,
          ...Object.fromEntries(given),
          id: `endpoint-${this.#next++}`,
          headers: headers.map((header) => header.name),
          hasToken: token !== undefined,
          tokenSubject: undefined,
          check: undefined,
          medianSeconds: undefined,
          medianOf: undefined,
          createdAt: new Date().toISOString(),
        });
        return this.#put(added);
      },
      recognise: async ({ text }) =>
        text.startsWith("https://")
          ? { kind: "address", endpoints: [{ url: text.trim() }] }
          : {
              kind: "kubeconfig",
              endpoints: ["kt2", "sd-21"].map((name) => ({
                name,
                url: `https://${name}-sd-proj.apps.cluster.example.com`,
                needsToken: true,
              })),
            },
      change: async ({ id, headers, ...change }) => {
        const given = Object.entries(change).filter(([, value]) => value !== undefined);
        const names = headers?.map(({ name }) => name);
        return this.#put({
          ...this.#known(id ?? ""),
          ...Object.fromEntries(given),
          ...(names && { headers: names }),
          ...(change.ca !== undefined && {
            certificate: change.ca === null ? undefined : CERTIFICATE,
          }),
        });
      },
      remove: async ({ id }) => {
        this.#all = this.#all.filter((endpoint) => endpoint.id !== id);
        this.#tell({ type: "endpoints-removed", ids: [id] });
      },
      setToken: async ({ id, token }) => {
        const endpoint = this.#known(id);
        return this.#put({
          ...endpoint,
          hasToken: token !== null,
          tokenExpiresAt: undefined,
          tokenSubject: undefined,
          check: endpoint.check && { ...endpoint.check, isOutdated: true },
        });
      },
      test: async ({ id }) => this.#test(id),
      diagnose: async () => played(FINDINGS) as never,
      trySettings: async ({ id }) => this.#trial(this.#known(id)) as never,
      stats: async ({ id, span = "day" }) =>
        this.#all
          .filter((one) => id === undefined || one.id === id)
          .map((one) => statsOf(one.id, span)),
      certificates: async () => [CERTIFICATE, AUTHORITY],
    };
  }
}

/** A day with a quiet night and some failures in the morning. */
function statsOf(id: string, span: StatsSpan): EndpointStats {
  const points = Array.from({ length: 24 }, (_, i) => ({
    at: at((i - 23) * HOUR_MS),
    done: i < 8 ? 0 : (i * 7) % 11,
    failed: i === 9 ? 3 : 0,
    ready: 12,
    others: i === 9 ? 2 : 0,
    ...(i >= 8 && { p50: 20 + ((i * 5) % 9), p95: 40 }),
  }));
  const done = points.reduce((sum, point) => sum + point.done, 0);
  return {
    id,
    span,
    pictures: {
      done,
      failed: 3,
      failures: { ENDPOINT_TIMED_OUT: 2, ENDPOINT_FAULT: 1 },
      p50: 23.4,
      p95: 41.2,
      bytesOut: 310 * done,
      bytesIn: 7_900_000 * done,
      gpuSeconds: 23 * done,
      gpuTold: 0,
    },
    checks: { ready: 286, others: 2, p50: 0.084, p95: 0.31 },
    points,
  };
}

/** A doctor's findings at a route whose timeout is too short. */
const FINDINGS: readonly Finding[] = [
  {
    step: "address",
    outcome: "ok",
    seen: "https://kt2-sd-proj.apps.cluster.example.com, model stable-diffusion",
  },
  { step: "dns", outcome: "ok", ms: 12, seen: "203.0.113.7" },
  { step: "proxy", outcome: "ok", seen: "None: the connection is direct" },
  { step: "tcp", outcome: "ok", ms: 24, seen: "Connected to 203.0.113.7, port 443" },
  { step: "tls", outcome: "ok", ms: 61, seen: "TLSv1.3, certificate valid until 2027-09-25" },
  { step: "route", outcome: "ok", ms: 84, seen: "Answered with 200" },
  { step: "sign-in", outcome: "ok", seen: "No sign-in page is in the way" },
  {
    step: "token",
    outcome: "warning",
    seen: "Accepted until 2026-11-30 08:00 UTC",
    fix: "Make a new one today.",
    copy: "oc create token kt2-sa -n sd-proj --duration=720h",
  },
  { step: "live", outcome: "ok", seen: "The server answers" },
  { step: "model", outcome: "ok", seen: "The model stable-diffusion is ready" },
  {
    step: "metadata",
    outcome: "ok",
    seen: "Server: kserve 0.13.0; takes a prompt; it declares nothing",
  },
  {
    step: "picture",
    outcome: "failed",
    ms: 30_012,
    seen: "The endpoint's route or a proxy gave up waiting (status 504).",
    fix: "The route or a proxy waits 30 s by default, and the reply took longer. Set this annotation on the InferenceService and on its Route, or ask for fewer steps.",
    copy: "haproxy.router.openshift.io/timeout: 600s",
  },
];

async function* played(findings: readonly Finding[]): AsyncGenerator<Finding, void> {
  for (const finding of findings) {
    yield { step: finding.step, outcome: "running" };
    yield finding;
  }
}
