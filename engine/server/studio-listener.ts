import type { IncomingMessage } from "node:http";
import type { FastifyBaseLogger, FastifyInstance } from "fastify";
import { createListener } from "../http/listener.ts";
import type { Rejection } from "../http/replies.ts";
import { readBodies } from "./bodies.ts";
import { refusalBody } from "./refusal-body.ts";

export interface StudioListenerOptions {
  /** Looks at every request before any route does. */
  readonly reject: (request: IncomingMessage) => Rejection | undefined;
  readonly log: FastifyBaseLogger;
}

/** Until a request is there as a whole: 64 MiB over a slow network. */
const REQUEST_MS = 60_000;

/** A listener for the contract, pages and pictures, without its routes yet. */
export function studioListener({ reject, log }: StudioListenerOptions): FastifyInstance {
  const app = createListener({
    reject,
    log,
    requestTimeoutMs: REQUEST_MS,
    replyTo: (error, path) => ({ body: refusalBody(error, path) }),
  });
  readBodies(app);
  return app;
}
