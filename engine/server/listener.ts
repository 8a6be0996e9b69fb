import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { fastify, LogController } from "fastify";
import type {
  FastifyBaseLogger,
  FastifyError,
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
} from "fastify";
import { StudioError } from "../contract/errors.ts";
import { readBodies } from "./bodies.ts";
import type { Rejection } from "./gate.ts";
import { COMMON_HEADERS, refusalBody, refuse } from "./replies.ts";

/** A browser opens six connections; a page, an uploader and a script or two are far below this. */
const MAX_CONNECTIONS = 1024;

const TIMEOUTS = {
  headersTimeout: 5000,
  /** Until a request is there as a whole: 64 MiB over a slow network. Streams of replies may go on for ever. */
  requestTimeout: 60_000,
  keepAliveTimeout: 5000,
  connectionsCheckingInterval: 1000,
};

export interface ListenerOptions {
  /** Looks at every request before any route does. */
  readonly reject: (request: IncomingMessage) => Rejection | undefined;
  readonly log: FastifyBaseLogger;
}

/**
 * An HTTP listener without routes: bounded in time, size and number, answering JSON to whatever it
 * refuses, with one gate that no route can forget.
 */
export function createListener({ reject, log }: ListenerOptions): FastifyInstance {
  const app = fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    forceCloseConnections: true,
    clientErrorHandler: answerUnreadable,
    frameworkErrors: answerError,
    serverFactory: (handle) => {
      // Node answers a missing Host without a body; the gate does it in words.
      const options = { ...TIMEOUTS, requireHostHeader: false };
      const server = createServer(options, (request, response) => {
        for (const [name, value] of Object.entries(COMMON_HEADERS)) response.setHeader(name, value);
        const rejection = reject(request);
        if (rejection === undefined) handle(request, response);
        else turnAway(request, response, rejection);
      });
      server.maxConnections = MAX_CONNECTIONS;
      return server;
    },
  });
  readBodies(app);
  app.setErrorHandler(answerError);
  app.setNotFoundHandler(({ url }, reply) => {
    const [path = ""] = url.split("?", 1);
    return answer(reply, 404, new StudioError("NOT_FOUND", { what: "page", id: path }));
  });
  return app;
}

function turnAway(
  { url = "" }: IncomingMessage,
  response: ServerResponse,
  { status, error }: Rejection,
): void {
  refuse(response, status, refusalBody(error, url));
}

function answerError(
  error: FastifyError | StudioError,
  { log }: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  if (error instanceof StudioError) return answer(reply, error.status, error);
  const { statusCode = 500, message } = error;
  if (statusCode >= 500) {
    log.error(error);
    return answer(reply, 500, new StudioError("INTERNAL", { reason: "an unexpected error" }));
  }
  if (statusCode === 413) reply.header("connection", "close");
  const details = { field: "The request", value: "read", reason: message };
  return answer(reply, statusCode, new StudioError("REQUEST_INVALID", details));
}

function answer(reply: FastifyReply, status: number, error: StudioError): FastifyReply {
  return reply
    .code(status)
    .header("cache-control", "no-store")
    .send(refusalBody(error, reply.request.url));
}

const PARSER_REFUSALS: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: "431 Request Header Fields Too Large",
  HPE_CHUNK_EXTENSIONS_OVERFLOW: "413 Payload Too Large",
  ERR_HTTP_REQUEST_TIMEOUT: "408 Request Timeout",
};

/** What never became a request: bytes that are not HTTP, headers that are too long or too slow. */
function answerUnreadable(error: NodeJS.ErrnoException, socket: Socket): void {
  // A reply may be on its way already; two would be mixed up.
  if (!socket.writable || socket.bytesWritten > 0) {
    socket.destroy();
    return;
  }
  const status = PARSER_REFUSALS[error.code ?? ""] ?? "400 Bad Request";
  const body = JSON.stringify({ error: `The request could not be read: ${status.slice(4)}.` });
  const head = `HTTP/1.1 ${status}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}`;
  socket.end(`${head}\r\nconnection: close\r\n\r\n${body}`);
}
