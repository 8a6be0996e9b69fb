import type {
  BucketObject,
  Connection,
  ConnectionCheck,
  ListPage,
  ListQuery,
} from "../../engine/contract/buckets.ts";
import { StudioError, toWire } from "../../engine/contract/errors.ts";
import type { StudioEvent } from "../../engine/contract/events.ts";
import type { StudioClient } from "../../engine/contract/studio-client.ts";
import type { Scene } from "./fake-studio.ts";
import { ConnectionLost } from "../../renderer/connection/failure.ts";

const NOW = Date.now();
const HOUR_MS = 3_600_000;

function at(hours: number): string {
  return new Date(NOW - hours * HOUR_MS).toISOString();
}

export function connectionOf(change: Partial<Connection> = {}): Connection {
  return {
    id: "models",
    name: "models",
    endpoint: "https://minio-sd-proj.apps.cluster.example.com",
    origin: "https://minio-sd-proj.apps.cluster.example.com",
    region: "us-east-1",
    bucket: "models",
    pathStyle: "auto",
    checksums: "auto",
    ca: null,
    isInsecure: false,
    hasKeys: true,
    found: { pathStyle: "yes", checksums: "when-required" },
    check: {
      at: at(0.1),
      state: "ready",
      ms: 41,
      server: "MinIO",
      canList: true,
      canWrite: true,
      isVersioned: true,
      isEmpty: false,
    },
    createdAt: at(50),
    ...change,
  };
}

function failing(id: string, name: string, code: "BUCKET_DENIED" | "BUCKET_UNREACHABLE") {
  const details = {
    host: "s3.example.com",
    reason: "connect ECONNREFUSED",
    what: "listing the bucket",
  };
  const error = toWire(new StudioError(code, details));
  return connectionOf({ id, name, check: { at: at(1), state: "failed", ms: 12, error } });
}

const EVERY = connectionOf({ id: "all", name: "Every bucket of the team", bucket: null });
const FRESH = connectionOf({ id: "fresh", name: "archive-2025", bucket: "archive-2025" });
const DENIED = failing("denied", "staging", "BUCKET_DENIED");
const OFFLINE = failing("offline", "On the other side of the VPN", "BUCKET_UNREACHABLE");

const ROWS: Readonly<Record<Scene, readonly Connection[]>> = {
  empty: [],
  welcome: [],
  few: [connectionOf(), EVERY],
  many: [connectionOf({ check: undefined }), EVERY, FRESH, DENIED],
  busy: [connectionOf(), EVERY],
  failed: [DENIED, OFFLINE, connectionOf()],
  lost: [],
  damaged: [connectionOf()],
};

const KEYS: readonly (readonly [string, number])[] = [
  ["stable-diffusion/config/config.properties", 842],
  ["stable-diffusion/model-store/stable-diffusion.mar", 5_214_000_000],
  ["starter/config/config.properties", 838],
  ["starter/model-store/starter.mar", 33_100_000],
  ["README.md", 2140],
  ["requirements.txt", 96],
  ["sample-grid.png", 1_830_000],
  ["a name\u0007with a bell", 12],
];

/** Buckets in a page's memory. */
export class FakeBuckets {
  readonly #scene: Scene;
  readonly #tell: (event: StudioEvent) => void;
  #all: readonly Connection[];
  #objects: readonly BucketObject[];
  #removed: readonly BucketObject[] = [];
  #next = 1;

  constructor(scene: Scene, tell: (event: StudioEvent) => void) {
    this.#scene = scene;
    this.#tell = tell;
    this.#all = ROWS[scene];
    this.#objects = scene === "many" ? manyObjects() : KEYS.map(objectOf);
  }

  #put(connection: Connection): Connection {
    const isKnown = this.#all.some(({ id }) => id === connection.id);
    this.#all = isKnown
      ? this.#all.map((one) => (one.id === connection.id ? connection : one))
      : [...this.#all, connection];
    this.#tell({ type: "connections-changed", connections: [connection] });
    return connection;
  }

  #known(id: string): Connection {
    const connection = this.#all.find((one) => one.id === id);
    if (connection === undefined) throw new StudioError("NOT_FOUND", { what: "connection", id });
    const error = connection.check?.error;
    if (error) throw new StudioError(error.code, error.details);
    return connection;
  }

  async #test(id: string): Promise<ConnectionCheck> {
    await new Promise((resolve) => setTimeout(resolve, 500));
    const connection = this.#all.find((one) => one.id === id) ?? connectionOf({ id });
    const check = { ...(connection.check ?? connectionOf().check!), at: new Date().toISOString() };
    this.#put({ ...connection, check });
    return check;
  }

  #list({ prefix = "", search = "", after, limit = 1000, ...sort }: Partial<ListQuery>): ListPage {
    const words = search.toLowerCase();
    const isFlat = words !== "" || sort.isRecursive === true;
    const inside = this.#objects.filter(({ key }) => key.startsWith(prefix));
    const rest = (key: string) => key.slice(prefix.length);
    const direct = inside.filter(({ key }) =>
      isFlat ? rest(key).toLowerCase().includes(words) : !rest(key).includes("/"),
    );
    const names = !isFlat
      ? new Set(inside.flatMap(({ key }) => /^([^/]*)\//.exec(rest(key))?.[1] ?? []))
      : [];
    const sign = sort.isDescending === true ? -1 : 1;
    const by = sort.sortBy ?? "name";
    const sorted = direct.toSorted((a, b) => sign * ((a[by] ?? "") < (b[by] ?? "") ? -1 : 1));
    const first = Number(after ?? 0);
    const page = sorted.slice(first, first + limit);
    return {
      folders: first > 0 ? [] : [...names].map((name) => ({ prefix: `${prefix}${name}/`, name })),
      objects: page.map((object) => ({ ...object, name: rest(object.key) })),
      seen: page.length,
      ...(first + limit < sorted.length && { after: String(first + limit) }),
    };
  }

  client(): StudioClient["buckets"] {
    return {
      connections: async () => {
        if (this.#scene === "lost") throw new ConnectionLost();
        return [...this.#all];
      },
      sources: async () => ({ profiles: ["default", "minio"], isInEnvironment: true }),
      connect: async ({ accessKey: _a, secretKey: _s, sessionToken: _t, ...given }) => {
        const id = `connection-${this.#next++}`;
        const name = given.name ?? given.bucket ?? "minio";
        const asked = Object.fromEntries(Object.entries(given).filter(([, v]) => v !== undefined));
        return this.#put(connectionOf({ ...asked, id, name, check: undefined }));
      },
      importFrom: async () =>
        this.#put(connectionOf({ id: `connection-${this.#next++}`, check: undefined })),
      change: async ({ id, accessKey: _a, secretKey: _s, sessionToken: _t, ...change }) => {
        const before = this.#all.find((one) => one.id === id) ?? connectionOf();
        const asked = Object.fromEntries(Object.entries(change).filter(([, v]) => v !== undefined));
        return this.#put({ ...before, ...asked });
      },
      disconnect: async ({ id }) => {
        this.#all = this.#all.filter((one) => one.id !== id);
        this.#tell({ type: "connections-removed", ids: [id] });
      },
      test: async ({ id }) => this.#test(id),
      names: async () => ["archive-2025", "models", "team-scratch"],
      create: async () => {},
      list: async ({ connectionId, ...query }) => {
        this.#known(connectionId);
        if (this.#scene === "busy") await new Promise(() => {});
        return this.#list(query as Partial<ListQuery>);
      },
      details: async ({ key }) => {
        const object = this.#objects.find((one) => one.key === key);
        if (object === undefined) throw new StudioError("OBJECT_NOT_FOUND", { bucket: "", key });
        return {
          ...object,
          contentType: "application/octet-stream",
          checksum: "CRC32:7f3a1b2c",
          versionId: "3",
          metadata: {},
          versions: [3, 2, 1].map((version) => ({
            versionId: String(version),
            isLatest: version === 3,
            isDeletion: version === 2,
            bytes: object.bytes,
            modifiedAt: at(10 * (4 - version)),
          })),
        };
      },
      link: async ({ key, seconds = 3600 }) => ({
        url: `https://s3.example.com/${key}?X-Amz-Signature=0`,
        expiresAt: new Date(Date.now() + seconds * 1000).toISOString(),
      }),
      remove: async ({ keys = [], prefixes = [] }) => {
        const isGone = ({ key }: BucketObject) =>
          keys.includes(key) || prefixes.some((prefix) => key.startsWith(prefix));
        this.#removed = this.#objects.filter(isGone);
        this.#objects = this.#objects.filter((object) => !isGone(object));
        return { count: this.#removed.length, undo: "undo", failures: [], failureCount: 0 };
      },
      restore: async () => {
        this.#objects = [...this.#objects, ...this.#removed];
        this.#removed = [];
      },
      incomplete: async () =>
        this.#scene === "few"
          ? [
              {
                key: "stable-diffusion/model-store/stable-diffusion.mar",
                uploadId: "one",
                startedAt: at(30),
                bytes: 2_147_000_000,
                parts: 32,
              },
              { key: "backup/2024/huge.tar", uploadId: "two", startedAt: at(400) },
            ]
          : [],
      abortIncomplete: async () => {},
      publish: async () => ({ transferId: "none", path: "stable-diffusion/" }),
      upload: async () => ({ transferId: "transfer-1" }),
      download: async () => ({ transferId: "transfer-1" }),
      receive: async ({ id = crypto.randomUUID() }) => ({ id }),
      discardReceived: async () => {},
      check: async ({ prefix }) => ({
        path: prefix,
        configKey: `${prefix}config/config.properties`,
        modelNames: ["stable-diffusion"],
        checks: [{ name: "path", outcome: "ok", found: `Enter ${prefix}.` }],
      }),
      serve: async () => ({ transferId: "transfer-1" }),
      importModel: async () => ({ transferId: "transfer-1" }),
    };
  }
}

function objectOf([key, bytes]: readonly [string, number], index: number): BucketObject {
  return { key, name: key, bytes, modifiedAt: at(3 + 20 * index), etag: '"9b2cf5"' };
}

/** Enough keys for a long list. */
function manyObjects(): readonly BucketObject[] {
  return Array.from({ length: 10_000 }, (_, index) =>
    objectOf(
      [`render-${String(index).padStart(5, "0")}.png`, 1000 + ((index * 7919) % 4_000_000)],
      index / 100,
    ),
  );
}
