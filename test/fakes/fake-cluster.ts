import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { text } from "node:stream/consumers";

export type KubeObject = Record<string, unknown> & {
  metadata: Record<string, unknown> & { name: string };
};

/** A request to the API as received. */
export interface AskedOfCluster {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly token: string | undefined;
  readonly body: unknown;
}

/** Answers instead of the API; undefined leaves the request to it. */
export type Interruption = (
  asked: AskedOfCluster,
  response: ServerResponse,
) => Reply | "handled" | undefined;

interface Reply {
  readonly status: number;
  readonly body: unknown;
  readonly warnings?: readonly string[];
}

/** A Status, the API's form of a refusal. */
export function status(code: number, message: string, details?: object): Reply {
  return { status: code, body: { kind: "Status", status: "Failure", code, message, details } };
}

/** `/api/v1/namespaces/NS/KIND[/NAME[/SUB]]`, or the same below `/apis/GROUP/VERSION`; without a project, KServe's. */
const OBJECT =
  /^\/(?:api\/v1|apis\/[^/]+\/[^/]+)(?:\/namespaces\/([^/]+)|(?=\/cluster))\/([^/]+)(?:\/([^/]+))?(?:\/(\w+))?$/;

/**
 * A fake of a cluster's API over a real socket: objects by path, server-side apply that merges, labels, fields, watches
 * and logs. It checks no schema; the real API server does that in the tests of test/interop.
 */
export class FakeCluster {
  readonly objects = new Map<string, KubeObject>();
  readonly logs = new Map<string, string>();
  readonly asked: AskedOfCluster[] = [];
  readonly namespaces = new Set(["sd-proj"]);
  interrupt: Interruption = () => undefined;
  readonly #server = createServer((request, response) => void this.#take(request, response));
  readonly #sockets = new Set<Socket>();
  readonly #watches = new Set<{ readonly path: string; readonly response: ServerResponse }>();
  #version = 0;
  readonly token = "sha256~TOKEN-OF-THE-CLUSTER";

  private constructor() {
    this.#server.on("connection", (socket) => {
      this.#sockets.add(socket);
      socket.on("close", () => this.#sockets.delete(socket));
      socket.on("error", () => {});
    });
  }

  static async start(): Promise<FakeCluster> {
    const fake = new FakeCluster();
    fake.#server.listen(0, "127.0.0.1");
    await once(fake.#server, "listening");
    return fake;
  }

  get address(): string {
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("it does not listen");
    return `http://127.0.0.1:${address.port}`;
  }

  get(kind: string, name: string): KubeObject | undefined {
    return [...this.objects].find(([path]) => path.endsWith(`/${kind}/${name}`))?.[1];
  }

  /** Writes an object as a controller would, and notifies watchers. */
  put(path: string, object: KubeObject): void {
    const version = String(++this.#version);
    const before = this.objects.get(path);
    const uid = before?.metadata["uid"] ?? `uid-${version}`;
    const metadata = { uid, ...object.metadata, resourceVersion: version };
    const whole = { ...object, metadata } as KubeObject;
    this.objects.set(path, whole);
    this.#tell(path, before === undefined ? "ADDED" : "MODIFIED", whole);
  }

  /** Merges a change into an existing object. */
  merge(kind: string, name: string, change: object): void {
    const [path, object] = [...this.objects].find(([at]) => at.endsWith(`/${kind}/${name}`)) ?? [];
    if (path === undefined || object === undefined) throw new Error(`there is no ${kind} ${name}`);
    this.put(path, merged(object, change) as KubeObject);
  }

  /** Ends every watch, with an event if one is given. */
  endWatches(event?: object): void {
    for (const watch of this.#watches) {
      if (event !== undefined) watch.response.write(`${JSON.stringify(event)}\n`);
      watch.response.end();
    }
    this.#watches.clear();
  }

  get watchCount(): number {
    return this.#watches.size;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    if (!this.#server.listening) return;
    this.#server.close();
    await once(this.#server, "close");
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname: path, searchParams: query } = new URL(request.url ?? "", "http://fake");
    const raw = await text(request);
    const token = request.headers.authorization?.replace("Bearer ", "");
    const body = raw === "" ? undefined : (JSON.parse(raw) as unknown);
    const asked = { method: request.method ?? "GET", path, query, token, body };
    this.asked.push(asked);
    const reply = this.interrupt(asked, response) ?? this.#answer(asked, response);
    if (reply === "handled") return;
    response.setHeader("content-type", "application/json");
    const warnings = (reply.warnings ?? []).map((words) => `299 - ${JSON.stringify(words)}`);
    if (warnings.length > 0) response.setHeader("warning", warnings);
    response.statusCode = reply.status;
    response.end(typeof reply.body === "string" ? reply.body : JSON.stringify(reply.body));
  }

  #answer(asked: AskedOfCluster, response: ServerResponse): Reply | "handled" {
    const { method, path, query, token } = asked;
    if (token !== this.token) return status(401, "Unauthorized");
    const [, namespace, kind = "", name, sub] = OBJECT.exec(path) ?? [];
    if (kind === "") return this.#fixed(path) ?? { status: 404, body: "404 page not found\n" };
    const isKnown = namespace === undefined || this.namespaces.has(namespace);
    if (!isKnown && method === "PATCH") return noNamespace(namespace);
    if (sub === "log") return this.#log(query.get("container") ?? "");
    if (name === undefined) return this.#all(path, query, response);
    return this.#object(asked, path.replace(/\/scale$/, ""), kind);
  }

  #all(path: string, query: URLSearchParams, response: ServerResponse): Reply | "handled" {
    if (query.get("watch") === "true") return this.#watch(path, response);
    return { status: 200, body: { items: this.#list(path, query) } };
  }

  #log(container: string): Reply {
    const log = this.logs.get(container);
    return log === undefined ? status(400, "it waits to start") : { status: 200, body: log };
  }

  /** Answers that do not depend on the objects. */
  #fixed(path: string): Reply | undefined {
    const ok = (body: object): Reply => ({ status: 200, body });
    switch (path) {
      case "/version":
        return ok({ gitVersion: "v1.34.2" });
      case "/apis":
        return ok({ groups: [{ name: "serving.kserve.io" }] });
      case "/api/v1/namespaces":
        return ok({ items: [...this.namespaces].map((name) => ({ metadata: { name } })) });
      case "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews":
        return ok({ status: { allowed: true } });
    }
    return undefined;
  }

  #watch(path: string, response: ServerResponse): "handled" {
    response.writeHead(200, { "content-type": "application/json" });
    response.flushHeaders();
    const watch = { path, response };
    this.#watches.add(watch);
    response.on("close", () => this.#watches.delete(watch));
    return "handled";
  }

  #list(path: string, query: URLSearchParams): readonly KubeObject[] {
    const labels = (query.get("labelSelector") ?? "").split(",").filter((one) => one !== "");
    const type = /^type=(.*)/.exec(query.get("fieldSelector") ?? "")?.[1];
    return [...this.objects]
      .filter(([at]) => at.startsWith(`${path}/`))
      .map(([, object]) => object)
      .filter((object) => type === undefined || object["type"] === type)
      .filter(({ metadata }) => {
        const own = (metadata["labels"] ?? {}) as Record<string, string>;
        return labels.every((label) => {
          const [key = "", value] = label.split("=");
          return value === undefined ? Object.hasOwn(own, key) : own[key] === value;
        });
      });
  }

  #object({ method, query, body }: AskedOfCluster, path: string, kind: string): Reply {
    const object = this.objects.get(path);
    const [name = ""] = path.split("/").slice(-1);
    const isDry = query.get("dryRun") === "All";
    if (method === "PATCH") {
      const isApply = query.get("fieldValidation") !== null;
      if (object === undefined && !isApply) return status(404, "not found", { name, kind });
      const whole = merged(object ?? {}, body) as KubeObject;
      if (!isDry) this.put(path, whole);
      return { status: object === undefined ? 201 : 200, body: whole };
    }
    if (object === undefined) return status(404, `${kind} "${name}" not found`, { name, kind });
    // Like the real API, it ignores the query if there is a body.
    if (method === "DELETE" && !JSON.stringify(body).includes('"dryRun":["All"]')) {
      this.objects.delete(path);
      this.#tell(path, "DELETED", object);
    }
    return { status: 200, body: object };
  }

  #tell(path: string, type: string, object: KubeObject): void {
    for (const watch of this.#watches) {
      if (path.startsWith(`${watch.path}/`)) {
        watch.response.write(`${JSON.stringify({ type, object })}\n`);
      }
    }
  }
}

function noNamespace(name: string): Reply {
  return status(404, `namespaces "${name}" not found`, { name, kind: "namespaces" });
}

/** A merge patch (RFC 7386). */
function merged(before: unknown, change: unknown): unknown {
  if (typeof change !== "object" || change === null || Array.isArray(change)) return change;
  const result: Record<string, unknown> =
    typeof before === "object" && before !== null ? { ...before } : {};
  for (const [key, value] of Object.entries(change)) {
    if (value === null) delete result[key];
    else result[key] = merged(result[key], value);
  }
  return result;
}
