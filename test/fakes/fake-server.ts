import { StudioError, toWire } from "../../engine/contract/errors.ts";
import type { StudioEvent } from "../../engine/contract/events.ts";
import type {
  Exchange,
  Server,
  ServedRequest,
  ServerKey,
  ServerSettings,
} from "../../engine/contract/server.ts";
import type { StudioClient } from "../../engine/contract/studio-client.ts";

const SETTINGS: ServerSettings = {
  isOn: true,
  host: "127.0.0.1",
  port: 8080,
  grpcPort: null,
  tls: null,
  isMetricsOpen: false,
  hostNames: [],
  origins: [],
  isKeyRequired: false,
  queueLength: 10,
  timeLimitSeconds: null,
  preset: "exact",
  isSeedProfile: false,
  isOpenaiOn: false,
  isA1111On: false,
};

const NAMES = ["starter", "stable-diffusion"];

const PATHS = [
  ["POST", "/v2/models/stable-diffusion/infer", 200],
  ["GET", "/v2/models/stable-diffusion/ready", 200],
  ["POST", "/v2/models/stable-diffusion/versions/1.0/infer", 200],
  ["GET", "/v2", 200],
  ["POST", "/v1/models/stable-diffusion:predict", 200],
  ["POST", "/v2/models/sd2/infer", 404],
  ["POST", "/v2/models/stable-diffusion/infer", 503],
  ["GET", "/v2/health/live", 200],
] as const;

const PICTURE_ROW = "[[233,228,219],[231,225,214],[198,44,52],[201,41,49],[88,142,71]],";

const PROMPT =
  '{"id":"42","inputs":[{"name":"input0","shape":[-1],"datatype":"BYTES","data":["Photo of a dog"]}]}';

/** A row of the table, this many requests ago. */
export function servedRequestOf(index: number, change: Partial<ServedRequest> = {}): ServedRequest {
  const [method, path, status] = PATHS[index % PATHS.length]!;
  const isPicture = method === "POST" && status === 200;
  return {
    id: `request-${index}`,
    at: new Date(Date.now() - 41_000 * index - 3000).toISOString(),
    client: index % 5 === 3 ? "192.168.1.24" : "127.0.0.1",
    ...(index % 3 === 0 && { keyName: index % 2 === 0 ? "Notebook" : "Nightly contact sheets" }),
    method,
    path,
    state: "answered",
    status,
    ms: isPicture ? 2140 + 37 * (index % 11) : 3 + (index % 4),
    requestBytes: method === "GET" ? 0 : PROMPT.length,
    replyBytes: isPicture ? 159_204 : 88,
    ...change,
  };
}

function exchangeOf(row: ServedRequest): Exchange {
  const isPicture = row.method === "POST" && row.status === 200;
  const reply = isPicture
    ? `{"model_name":"stable-diffusion","id":"42","outputs":[{"name":"image","datatype":"UINT8","shape":[128,128,3],"data":[[${PICTURE_ROW.repeat(60)}`
    : JSON.stringify(row.status === 200 ? { ready: true } : { error: `status ${row.status}` });
  const hasReply = row.state === "answered";
  return {
    ...row,
    requestHeaders: {
      host: "127.0.0.1:8080",
      "user-agent": "python-requests/2.32.3",
      accept: "*/*",
      ...(row.method === "POST" && {
        "content-type": "application/json",
        "content-length": String(PROMPT.length),
      }),
      ...(row.keyName !== undefined && { authorization: "Bearer ••••" }),
    },
    requestBody:
      row.method === "POST"
        ? { text: PROMPT, sizeBytes: PROMPT.length, isCut: false }
        : { text: "", sizeBytes: 0, isCut: false },
    replyHeaders: hasReply
      ? { "content-type": "application/json", "content-length": String(row.replyBytes ?? 0) }
      : {},
    replyBody: hasReply
      ? { text: reply, sizeBytes: row.replyBytes ?? 0, isCut: isPicture }
      : { text: "", sizeBytes: 0, isCut: false },
  };
}

const KEYS: readonly ServerKey[] = [
  {
    id: "key-1",
    name: "Notebook",
    scopes: ["inference"],
    keepsPictures: true,
    isSeedProfile: true,
    createdAt: new Date(Date.now() - 12 * 86_400_000).toISOString(),
    lastUsedAt: new Date(Date.now() - 240_000).toISOString(),
  },
  {
    id: "key-2",
    name: "Nightly contact sheets of the whole archive, all formats",
    scopes: ["inference", "management"],
    keepsPictures: false,
    isSeedProfile: false,
    createdAt: new Date(Date.now() - 2 * 86_400_000).toISOString(),
  },
];

/** The inference server of a fake studio. */
export class FakeServer {
  readonly #scene: string;
  readonly #tell: (event: StudioEvent) => void;
  #settings = SETTINGS;
  #state: Server["state"] = "running";
  #error: Server["error"];
  #keys: readonly ServerKey[] = [];
  #requests: readonly ServedRequest[] = [];

  constructor(scene: string, tell: (event: StudioEvent) => void) {
    this.#scene = scene;
    this.#tell = tell;
    this.#furnish();
  }

  #furnish(): void {
    const count = { few: 3, many: 400, busy: 12, failed: 9 }[this.#scene] ?? 0;
    this.#requests = Array.from({ length: count }, (_, index) => servedRequestOf(index));
    if (this.#scene === "empty") this.#state = "stopped";
    if (this.#scene !== "empty" && this.#scene !== "failed") this.#keys = KEYS;
    if (this.#scene === "busy") {
      const states = ["waiting", "waiting", "running", "gone"] as const;
      const open = states.map((state, index) => ({
        ...servedRequestOf(0),
        id: `open-${index}`,
        at: new Date(Date.now() - 800 * index).toISOString(),
        state,
        status: undefined,
        ms: state === "gone" ? 1830 : undefined,
        replyBytes: undefined,
      }));
      this.#requests = [...open, ...this.#requests];
    }
    if (this.#scene === "failed") {
      this.#state = "failed";
      this.#error = toWire(new StudioError("PORT_IN_USE", { host: "127.0.0.1", port: 8080 }));
    }
  }

  #server(): Server {
    const { host, port } = this.#settings;
    const isBusy = this.#scene === "busy";
    return {
      settings: this.#settings,
      state: this.#state,
      ...(this.#state === "running" && { origin: `http://${host}:${port}` }),
      ...(this.#state === "failed" && this.#error && { error: this.#error }),
      modelNames: this.#scene === "failed" ? [] : NAMES,
      waiting: isBusy ? 2 : 0,
      isDrawing: isBusy,
    };
  }

  #changed(): Server {
    const server = this.#server();
    this.#tell({ type: "server-changed", server });
    return server;
  }

  #start(): Server {
    const { host, port } = this.#settings;
    const isOwn = host === "127.0.0.1";
    const refusal =
      this.#scene === "failed" && port === 8080
        ? new StudioError("PORT_IN_USE", { host, port })
        : new StudioError("KEY_NEEDED", { host });
    const isRefused =
      (this.#scene === "failed" && port === 8080) || (!isOwn && this.#keys.length === 0);
    this.#state = isRefused ? "failed" : "running";
    this.#error = isRefused ? toWire(refusal) : undefined;
    const server = this.#changed();
    if (isRefused) throw refusal;
    return server;
  }

  /** The client, as the pages call it. */
  client(): StudioClient["server"] {
    return {
      get: async () => this.#server(),
      start: async () => this.#start(),
      stop: async () => {
        this.#state = "stopped";
        this.#error = undefined;
        return this.#changed();
      },
      change: async (change) => {
        const given = Object.entries(change).filter(([, value]) => value !== undefined);
        this.#settings = { ...this.#settings, ...Object.fromEntries(given) };
        return this.#state === "stopped" ? this.#changed() : this.#start();
      },
      keys: async () => [...this.#keys],
      addKey: async (made) => {
        const key = { ...made, keepsPictures: false, isSeedProfile: false };
        const added: ServerKey = {
          ...key,
          ...made,
          id: `key-${this.#keys.length + 1}`,
          createdAt: new Date().toISOString(),
        } as ServerKey;
        this.#keys = [...this.#keys, added];
        this.#tell({ type: "server-keys-changed" });
        return { key: added, secret: "dk_7Qm2vV0rYt4sLx9aWc3eNf6hJk8pZb1u" };
      },
      removeKey: async ({ id }) => {
        this.#keys = this.#keys.filter((key) => key.id !== id);
        this.#tell({ type: "server-keys-changed" });
      },
      requests: async () => [...this.#requests],
      exchange: async ({ id }) => {
        const row = this.#requests.find((one) => one.id === id);
        if (row === undefined) throw new StudioError("NOT_FOUND", { what: "request", id });
        return exchangeOf(row);
      },
      clearRequests: async () => {
        this.#requests = [];
        this.#tell({ type: "served-requests-cleared" });
      },
    };
  }
}
