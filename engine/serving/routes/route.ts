import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from "fastify";
import { StudioError } from "../../contract/errors.ts";

/** What answers a request: the reply that was sent, or the JSON to send. */
export type Handler = (request: FastifyRequest, reply: FastifyReply) => unknown;

/** An address, and what answers each method; HEAD goes where GET does. */
export interface Route {
  readonly path: string;
  readonly GET?: Handler;
  readonly POST?: Handler;
}

const METHODS: readonly HTTPMethods[] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

/** Answers at an address, with a slash at its end or without; other methods are refused with what is allowed. */
export function installRoute(app: FastifyInstance, route: Route): void {
  const { path, GET, POST } = route;
  const allowed = METHODS.filter((method) => (method === "POST" ? POST : isRead(method) && GET));
  for (const url of new Set([path, path.endsWith("/") ? path : `${path}/`])) {
    if (GET !== undefined) app.get(url, GET);
    if (POST !== undefined) app.post(url, POST);
    app.route({
      method: METHODS.filter((method) => !allowed.includes(method)),
      url,
      handler: (request, reply) => {
        reply.header("allow", allowed.join(", "));
        throw new StudioError("METHOD_REFUSED", {
          path: pathOf(request),
          method: request.method,
          allowed: allowed.join(" or "),
        });
      },
    });
  }
}

function isRead(method: HTTPMethods): boolean {
  return method === "GET" || method === "HEAD";
}

const MAX_PATH = 100;

/** A request's path as a sentence may quote it. */
export function pathOf({ url }: Pick<FastifyRequest, "url">): string {
  const [path = ""] = url.split("?", 1);
  return path.length > MAX_PATH ? `${path.slice(0, MAX_PATH)}…` : path;
}
