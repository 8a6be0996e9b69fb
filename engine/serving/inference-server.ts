import type { FastifyBaseLogger, FastifyInstance, FastifyRequest } from "fastify";
import { StudioError } from "../contract/errors.ts";
import type { ShownTls, TlsFiles } from "../contract/server.ts";
import { bind } from "../http/bind.ts";
import { isLoopback } from "../contract/loopback.ts";
import { originOf } from "../http/hosts.ts";
import { closeListener, createListener } from "../http/listener.ts";
import type { RefusalReply } from "../http/replies.ts";
import type { AdmissionQueue } from "./admission-queue.ts";
import { WatchedCertificate } from "./certificate.ts";
import { type Access, ListenerGate } from "./listener-gate.ts";
import { isMetricsRead } from "./metrics/metrics-route.ts";
import type { ServingMetrics } from "./metrics/serving-metrics.ts";
import type { PictureEngine } from "./picture-engine.ts";
import { RequestGate } from "./request-gate.ts";
import type { RequestLog } from "./request-log.ts";
import type { RouteTable } from "./routes/install-routes.ts";
import { refusalBody } from "./routes/refusal-body.ts";
import { refusalHeaders } from "./routes/refuse.ts";
import type { RouteParts } from "./routes/route-parts.ts";
import type { ScopeOf } from "./route-scopes.ts";

export interface InferenceServerParts {
  readonly file: Access;
  readonly engine: PictureEngine;
  readonly admission: AdmissionQueue;
  readonly requests: RequestLog;
  readonly installRoutes: (app: FastifyInstance, parts: RouteParts) => RouteTable;
  /** The settings in effect in this run; by default those of the file. */
  readonly settings?: RouteParts["settings"];
  /** Counts requests; absent if nothing is counted. */
  readonly metrics?: ServingMetrics | undefined;
  readonly log: FastifyBaseLogger;
  /** Told when what a person is to know of the certificate may have changed. */
  readonly onCertificate?: () => void;
  /** The form of the gate's refusals; by default that of the inference protocols. */
  readonly replyTo?: (error: StudioError, path: string) => RefusalReply;
}

/** Where and how to listen. */
export interface Address {
  readonly host: string;
  /** 0 for any free port. */
  readonly port: number;
  /** Number of ports to try, starting at `port`. */
  readonly tries: number;
  /** The certificate for TLS; null without TLS. */
  readonly tls?: TlsFiles | null;
}

/** Whether two addresses use the same certificate. */
export function isSameTls({ tls: one }: Address, { tls: other }: Address): boolean {
  return one?.cert === other?.cert && one?.key === other?.key && one?.ca === other?.ca;
}

/** Opens and watches the certificate of an address, if it has one. Refuses as CERTIFICATE_UNUSABLE. */
export async function certificateOf(
  { tls }: Address,
  { log, onCertificate }: Pick<InferenceServerParts, "log" | "onCertificate">,
): Promise<WatchedCertificate | undefined> {
  if (tls === undefined || tls === null) return undefined;
  const onTrouble = (error: unknown): void => log.error(error);
  return WatchedCertificate.open(tls, { onTrouble, onChange: onCertificate });
}

/** Time limit for receiving a request: eight megabytes over a slow network. Replies take as long as drawing does. */
const REQUEST_MS = 30_000;
/** Drawing ends within two seconds, so that its client can be told. */
const GRACE_MS = 2000;

/** A running listener of the inference protocols. */
export class InferenceServer {
  readonly #app: FastifyInstance;
  readonly #admission: AdmissionQueue;
  readonly #closing = new AbortController();
  readonly #certificate: WatchedCertificate | undefined;
  readonly port: number;
  /** Such as `http://127.0.0.1:8080`, or with https. */
  readonly origin: string;

  private constructor(
    app: FastifyInstance,
    { admission, certificate }: Pick<InferenceServerParts, "admission"> & Certified,
    { host, port }: Pick<Address, "host" | "port">,
  ) {
    this.#app = app;
    this.#admission = admission;
    this.port = port;
    this.#certificate = certificate;
    this.origin = originOf(host, port, schemeOf(certificate));
  }

  /** The certificate in use. */
  get tls(): ShownTls | undefined {
    return this.#certificate?.shown;
  }

  /**
   * Starts to listen. Refuses as KEY_NEEDED if others can reach the address and there is no key, as
   * CERTIFICATE_UNUSABLE or as PORT_IN_USE.
   */
  static async listen(address: Address, parts: InferenceServerParts): Promise<InferenceServer> {
    const { host } = address;
    const { file } = parts;
    if (!isLoopback(host) && !file.hasKeys && file.reach === undefined)
      throw new StudioError("KEY_NEEDED", { host });
    const certificate = await certificateOf(address, parts);
    try {
      return await InferenceServer.#listen(address, { ...parts, certificate });
    } catch (error) {
      certificate?.close();
      throw error;
    }
  }

  static async #listen(
    address: Address,
    parts: InferenceServerParts & Certified,
  ): Promise<InferenceServer> {
    const { file, engine, log, metrics, certificate } = parts;
    const { host } = address;
    const listening = new ListenerGate({ host, scheme: schemeOf(certificate) }, file);
    const settings = parts.settings ?? (() => file.settings());
    const gate = new RequestGate(listening, parts.requests, metrics);
    const app = createListener({
      reject: (request, response) => gate.reject(request, response),
      replyTo: parts.replyTo ?? replyTo,
      requestTimeoutMs: REQUEST_MS,
      certificate,
      log,
    });
    app.addHook("onRequest", (request, _, done) => {
      gate.routed(request.raw, request.routeOptions.url);
      done();
    });
    app.addHook("onError", (_, __, error, done) => {
      metrics?.refused(error);
      done();
    });
    const table = parts.installRoutes(app, {
      admission: parts.requests.marking(parts.admission),
      engine,
      callerOf: ({ raw }: FastifyRequest) => gate.callerOf(raw),
      settings,
      metrics,
    });
    await app.ready();
    const port = await bind(app.server, address);
    const scopeOf: ScopeOf = (request) =>
      isMetricsRead(request) && settings().isMetricsOpen ? "open" : table.scopeOf(request);
    listening.open(port, scopeOf, table.methodsOf);
    gate.answer(table.probes);
    return new InferenceServer(app, parts, { host, port });
  }

  /** Refuses pending requests and closes all connections. */
  async close(): Promise<void> {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort();
    this.#certificate?.close();
    this.#admission.refuseAll();
    await closeListener(this.#app, GRACE_MS);
  }
}

interface Certified {
  readonly certificate: WatchedCertificate | undefined;
}

function schemeOf(certificate: object | undefined): "http" | "https" {
  return certificate === undefined ? "http" : "https";
}

/** The reply to a refused request: sentence and code, or the form of the address's protocol. */
function replyTo(error: StudioError, path: string): RefusalReply {
  const { code } = error;
  return { body: { code, ...refusalBody(path, error) }, headers: refusalHeaders(error, path) };
}
