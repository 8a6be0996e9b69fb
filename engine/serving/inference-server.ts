import type { IncomingMessage, ServerResponse } from "node:http";
import type { FastifyBaseLogger, FastifyInstance, FastifyRequest } from "fastify";
import { StudioError } from "../contract/errors.ts";
import { bind } from "../http/bind.ts";
import { isLoopback } from "../contract/loopback.ts";
import { originOf } from "../http/hosts.ts";
import { closeListener, createListener } from "../http/listener.ts";
import type { RefusalReply, Rejection } from "../http/replies.ts";
import type { AdmissionQueue } from "./admission-queue.ts";
import type { Caller } from "./caller.ts";
import { type Access, ListenerGate } from "./listener-gate.ts";
import type { PictureEngine } from "./picture-engine.ts";
import type { RequestLog } from "./request-log.ts";
import type { RouteTable } from "./routes/install-routes.ts";
import { refusalBody } from "./routes/refusal-body.ts";
import { refusalHeaders } from "./routes/refuse.ts";
import type { RouteParts } from "./routes/route-parts.ts";

export interface InferenceServerParts {
  readonly file: Access;
  readonly engine: PictureEngine;
  readonly admission: AdmissionQueue;
  readonly requests: RequestLog;
  readonly installRoutes: (app: FastifyInstance, parts: RouteParts) => RouteTable;
  /** As they are in this run; those of the file where it is absent. */
  readonly settings?: RouteParts["settings"];
  readonly log: FastifyBaseLogger;
  /** How what the gate refuses reads; as the inference protocols have it by default. */
  readonly replyTo?: (error: StudioError, path: string) => RefusalReply;
}

/** Where to listen. */
export interface Address {
  readonly host: string;
  /** 0 takes any. */
  readonly port: number;
  /** How many ports from `port` on may be tried. */
  readonly tries: number;
}

/** Until a request is there as a whole: eight megabytes over a slow network. Replies take as long as drawing does. */
const REQUEST_MS = 30_000;
/** What is being drawn ends within two seconds, so that its client can be told. */
const GRACE_MS = 2000;

const PREFLIGHT_SECONDS = "600";

/** A listener of the inference protocols, as long as it listens. */
export class InferenceServer {
  readonly #app: FastifyInstance;
  readonly #admission: AdmissionQueue;
  readonly #closing = new AbortController();
  readonly port: number;
  /** Such as `http://127.0.0.1:8080`. */
  readonly origin: string;

  private constructor(
    app: FastifyInstance,
    admission: AdmissionQueue,
    { host, port }: Pick<Address, "host" | "port">,
  ) {
    this.#app = app;
    this.#admission = admission;
    this.port = port;
    this.origin = originOf(host, port);
  }

  /** Listens. Refuses as KEY_NEEDED where others reach the address and nobody has a key, or as PORT_IN_USE. */
  static async listen(address: Address, parts: InferenceServerParts): Promise<InferenceServer> {
    const { file, engine, log } = parts;
    const { host } = address;
    if (!isLoopback(host) && !file.hasKeys && file.reach === undefined)
      throw new StudioError("KEY_NEEDED", { host });
    const listening = new ListenerGate(host, file);
    const gate = new RequestGate(listening, parts.requests);
    const app = createListener({
      reject: (request, response) => gate.reject(request, response),
      replyTo: parts.replyTo ?? replyTo,
      requestTimeoutMs: REQUEST_MS,
      log,
    });
    const table = parts.installRoutes(app, {
      admission: parts.requests.marking(parts.admission),
      engine,
      callerOf: ({ raw }: FastifyRequest) => gate.callerOf(raw),
      settings: parts.settings ?? (() => file.settings()),
    });
    await app.ready();
    const port = await bind(app.server, address);
    listening.open(port, table.scopeOf, table.methodsOf);
    return new InferenceServer(app, parts.admission, { host, port });
  }

  /** Refuses what its clients wait for, and ends their connections. */
  async close(): Promise<void> {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort();
    this.#admission.refuseAll();
    await closeListener(this.#app, GRACE_MS);
  }
}

/** Lets requests in, each with who sent it, and writes them down. */
class RequestGate {
  readonly #gate: ListenerGate;
  readonly #requests: RequestLog;
  readonly #callers = new WeakMap<IncomingMessage, Caller>();

  constructor(gate: ListenerGate, requests: RequestLog) {
    this.#gate = gate;
    this.#requests = requests;
  }

  callerOf(request: IncomingMessage): Caller {
    const caller = this.#callers.get(request);
    if (caller === undefined) throw new Error("a request passed by the gate");
    return caller;
  }

  /** The gate, for the listener. */
  reject(request: IncomingMessage, response: ServerResponse): Rejection | undefined {
    const passage = this.#gate.passage(request);
    if (passage.origin !== undefined) allowPage(response, passage.origin);
    if (passage.kind === "preflight") {
      answerPreflight(request, response);
      return undefined;
    }
    // Of this request alone: the log knows it by its caller.
    const caller = passage.caller === undefined ? undefined : { ...passage.caller };
    this.#requests.follow(request, response, caller);
    if (caller !== undefined) this.#callers.set(request, caller);
    return passage.kind === "refused" ? passage.rejection : undefined;
  }
}

/** A sentence and its code, or what the address's protocol has for them, and the headers. */
function replyTo(error: StudioError, path: string): RefusalReply {
  const { code } = error;
  return { body: { code, ...refusalBody(path, error) }, headers: refusalHeaders(error) };
}

/** A page of a listed origin may read the reply, and ask with headers of its own. */
function allowPage(response: ServerResponse, origin: string): void {
  response.setHeader("access-control-allow-origin", origin);
  response.setHeader(
    "access-control-expose-headers",
    "Inference-Header-Content-Length, Retry-After",
  );
  response.setHeader("cross-origin-resource-policy", "cross-origin");
  response.setHeader("vary", "Origin");
}

function answerPreflight({ headers }: IncomingMessage, response: ServerResponse): void {
  const isFromOutside = headers["access-control-request-private-network"] === "true";
  response.writeHead(204, {
    "access-control-allow-methods": "GET, HEAD, POST",
    "access-control-allow-headers":
      "Authorization, Content-Type, Content-Encoding, Inference-Header-Content-Length",
    "access-control-max-age": PREFLIGHT_SECONDS,
    ...(isFromOutside && { "access-control-allow-private-network": "true" }),
  });
  response.end();
}
