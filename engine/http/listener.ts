import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from "node:http";
import { createServer as createSecureServer } from "node:https";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { fastify, LogController } from "fastify";
import type {
  FastifyBaseLogger,
  FastifyError,
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
} from "fastify";
import { StudioError } from "../contract/errors.ts";
import { COMMON_HEADERS, JSON_TYPE, refuse, type RefusalReply, type Rejection } from "./replies.ts";
import { SECURE, showCertificate, type ShownCertificate } from "./secure-server.ts";
import { type SocketLimits, Sockets } from "./sockets.ts";
import { UnreadableAnswers } from "./unreadable-answers.ts";

/**
 * A browser opens six connections, a proxy a few hundred. An idle one takes about twenty kilobytes and a file
 * descriptor; Node raises the descriptor limit to the system's maximum.
 */
const SOCKETS: SocketLimits = { most: 4096, mostOfAddress: 3072 };

const TIMEOUTS = {
  headersTimeout: 5000,
  keepAliveTimeout: 5000,
  // A client that was busy meanwhile may still use a connection that it was told is kept for five seconds.
  keepAliveTimeoutBuffer: 5000,
  connectionsCheckingInterval: 1000,
};

export interface ListenerOptions {
  /**
   * Examines every request before the routes. A request that it answers itself, such as a browser's preflight, goes no
   * further.
   */
  readonly reject: (
    request: IncomingMessage,
    response: ServerResponse,
  ) => Rejection | "answered" | undefined;
  /** The form of a refusal for requests to `path`. */
  readonly replyTo: (error: StudioError, path: string) => RefusalReply;
  /** Time limit for receiving a request. Replies have none. */
  readonly requestTimeoutMs: number;
  readonly log: FastifyBaseLogger;
  /** The certificate for TLS. */
  readonly certificate?: ShownCertificate | undefined;
  /** Limits on connections, for tests. */
  readonly sockets?: SocketLimits;
}

/**
 * An HTTP listener without routes and body parsers: limited in time and number, with JSON for all refusals, and with
 * one gate in front of every route.
 */
export function createListener(options: ListenerOptions): FastifyInstance {
  const { reject, replyTo, log, requestTimeoutMs } = options;
  const refusing = new Refusing(replyTo);
  const unreadable = new UnreadableAnswers();
  const sockets = new Sockets(options.sockets ?? SOCKETS);
  const passes = (request: IncomingMessage, response: ServerResponse): boolean => {
    unreadable.follow(request, response);
    const rejection = reject(request, response);
    if (rejection === "answered") sockets.touch(request);
    else sockets.follow(request, response);
    if (rejection === "answered") return false;
    if (rejection === undefined) return true;
    const reply = replyTo(rejection.error, request.url ?? "");
    refuse(response, reply.status ?? rejection.status, reply);
    return false;
  };
  const app = fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    forceCloseConnections: true,
    // Enough for a model's id of 100 characters and a verb after it.
    routerOptions: { maxParamLength: 200 },
    clientErrorHandler: (error, socket) => unreadable.answer(error, socket),
    frameworkErrors: refusing.onError,
    serverFactory: (handle) => {
      // Node answers a missing Host without a body; the gate does it with a sentence.
      const limits = { ...TIMEOUTS, requestTimeout: requestTimeoutMs, requireHostHeader: false };
      const server = serverOf(options.certificate, limits, (request, response) => {
        if (passes(request, response)) handle(request, response);
      });
      // Node answers unknown expectations without a body.
      server.on("checkExpectation", (request, response) => {
        if (passes(request, response))
          refuse(response, 417, replyTo(UNEXPECTED, request.url ?? ""));
      });
      server.on("connection", (socket) => sockets.take(socket));
      // Failing to accept a connection, for lack of descriptors, must not end the process; errors while binding are
      // handled by `bind`.
      server.on("error", (error) => server.listening && log.error(error));
      return server;
    },
  });
  app.removeAllContentTypeParsers();
  app.addHook("onRequest", (_, reply, done) => {
    reply.headers(COMMON_HEADERS);
    // The gate may have allowed a page to read the reply.
    const own = reply.raw.getHeader(RESOURCE_POLICY);
    if (own !== undefined) reply.header(RESOURCE_POLICY, own);
    done();
  });
  app.addHook("onSend", (_, reply, payload, done) => {
    // fastify adds a charset to what it serializes.
    if (isCharsetAdded(reply.getHeader("content-type"))) reply.header("content-type", JSON_TYPE);
    done(null, payload);
  });
  app.setErrorHandler(refusing.onError);
  app.setNotFoundHandler(refusing.onUnknown);
  return app;
}

const RESOURCE_POLICY = "cross-origin-resource-policy";

function isCharsetAdded(type: unknown): boolean {
  return typeof type === "string" && type.startsWith(JSON_TYPE) && type !== JSON_TYPE;
}

function serverOf(
  certificate: ShownCertificate | undefined,
  limits: ServerOptions,
  onRequest: RequestListener,
): Server {
  if (certificate === undefined) return createServer(limits, onRequest);
  const server = createSecureServer({ ...limits, ...certificate.context, ...SECURE }, onRequest);
  showCertificate(server, certificate);
  return server;
}

const UNEXPECTED = new StudioError("REQUEST_INVALID", {
  field: "The header Expect",
  value: "met",
  reason: "only 100-continue is known",
});

/** How often a closing listener checks whether replies are still pending. */
const POLL_MS = 20;

/** Closes all connections, including event streams; pending replies get `graceMs`. */
export async function closeListener(app: FastifyInstance, graceMs = 0): Promise<void> {
  app.server.close();
  const endMs = performance.now() + graceMs;
  while (performance.now() < endMs) {
    app.server.closeIdleConnections();
    if ((await connectionsOf(app)) === 0) break;
    await delay(POLL_MS);
  }
  app.server.closeAllConnections();
  await app.close();
}

function connectionsOf({ server }: FastifyInstance): Promise<number> {
  return promisify(server.getConnections.bind(server))();
}

/** Turns every error in a route into the listener's reply. */
class Refusing {
  readonly #replyTo: ListenerOptions["replyTo"];

  constructor(replyTo: ListenerOptions["replyTo"]) {
    this.#replyTo = replyTo;
  }

  readonly onError = (
    error: FastifyError | StudioError,
    { log }: FastifyRequest,
    reply: FastifyReply,
  ): FastifyReply => {
    if (error instanceof StudioError) return this.#answer(reply, error.status, error);
    const { statusCode = 500, message } = error;
    if (statusCode >= 500) {
      log.error(error);
      return this.#answer(
        reply,
        500,
        new StudioError("INTERNAL", { reason: "an unexpected error" }),
      );
    }
    if (statusCode === 413) reply.header("connection", "close");
    const details = { field: "The request", value: "read", reason: message };
    return this.#answer(reply, statusCode, new StudioError("REQUEST_INVALID", details));
  };

  readonly onUnknown = ({ url }: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const [path = ""] = url.split("?", 1);
    return this.#answer(reply, 404, new StudioError("NOT_FOUND", { what: "page", id: path }));
  };

  #answer(reply: FastifyReply, status: number, error: StudioError): FastifyReply {
    const { status: its = status, body, headers = {} } = this.#replyTo(error, reply.request.url);
    return reply
      .code(its)
      .headers({ ...COMMON_HEADERS, "cache-control": "no-store", ...headers })
      .send(body);
  }
}
