import type { FastifyBaseLogger, FastifyInstance } from "fastify";
import type { IncomingMessage } from "node:http";
import type { Rejection } from "../http/replies.ts";
import { createListener } from "../http/listener.ts";
import { readBodies } from "./bodies.ts";
import { toWire, type StudioError } from "../contract/errors.ts";

export interface StudioListenerOptions {
  /** Examines every request before the routes. */
  readonly reject: (request: IncomingMessage) => Rejection | undefined;
  readonly log: FastifyBaseLogger;
}

/** Time limit for receiving a request: 64 MiB over a slow network. */
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

/**
 * The body of a refusal: a sentence, the code and details for programs. Calls of the contract also get oRPC's form, in
 * which their client recognises the refusal.
 */
function refusalBody(error: StudioError, path: string): object {
  const { code, message, details } = toWire(error);
  const plain = { error: message, code, details };
  if (!path.startsWith("/rpc/")) return plain;
  const { status } = error;
  return { ...plain, json: { defined: false, code, status, message, data: details } };
}
