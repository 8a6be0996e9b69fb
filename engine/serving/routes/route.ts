import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from "fastify";
import { StudioError } from "../../contract/errors.ts";
import type { Probe } from "../probes.ts";
import { methodsOfRoute, writingsOf, type RouteScope, type ScopedRoute } from "../route-scopes.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** The scope a caller needs; management by default. */
    scope?: RouteScope;
    protocol?: SwitchedProtocol;
  }
}

/** Answers a request: with the reply that it sent, or with the JSON to send. */
export type Handler = (request: FastifyRequest, reply: FastifyReply) => unknown;

/** Protocols that are off by default, with the settings that switch them on. */
export const SWITCHES = { openai: "isOpenaiOn", a1111: "isA1111On" } as const;
export type SwitchedProtocol = keyof typeof SWITCHES;

/** The protocols that are on. */
export function protocolsOn(
  settings: Readonly<Record<(typeof SWITCHES)[SwitchedProtocol], boolean>>,
): ReadonlySet<SwitchedProtocol> {
  const names: readonly SwitchedProtocol[] = ["openai", "a1111"];
  return new Set(names.filter((name) => settings[SWITCHES[name]]));
}

/** An address with its scope and the handler of each method; HEAD is handled like GET. */
export interface Route extends ScopedRoute {
  /** If set, it exists only while that protocol is on. */
  readonly protocol?: SwitchedProtocol;
  /** Answers GET, without a router where the listener supports that. */
  readonly probe?: Probe;
  readonly GET?: Handler;
  readonly POST?: Handler;
  readonly PUT?: Handler;
  readonly DELETE?: Handler;
  readonly OPTIONS?: Handler;
}

const ANSWERED = ["GET", "POST", "PUT", "DELETE", "OPTIONS"] as const;

const METHODS: readonly HTTPMethods[] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

/** A route that answers a probe. */
export function probeRoute(path: string, probe: Probe): Route {
  const GET: Handler = async (_, reply) => {
    const { status, body } = await probe();
    return reply.code(status).send(body);
  };
  return { path, scope: "open", probe, GET };
}

/** Installs an address, with and without a trailing slash; other methods are refused with the allowed ones. */
export function installRoute(app: FastifyInstance, route: Route): void {
  const { path, scope = "management", protocol } = route;
  const config = { scope, ...(protocol && { protocol }) };
  const allowed = methodsOfRoute(route);
  for (const url of writingsOf(path)) {
    for (const method of ANSWERED) {
      const handler = route[method];
      if (handler !== undefined) app.route({ config, method, url, handler });
    }
    app.route({
      config,
      method: METHODS.filter((method) => !allowed.includes(method)),
      url,
      handler: (request) => {
        throw new StudioError("METHOD_REFUSED", {
          // The router limits the length of a segment.
          address: pathOf(request, Infinity),
          method: request.method,
          allowed: allowed.join(" or "),
        });
      },
    });
  }
}

const MAX_PATH = 100;

/** A request's path, shortened for a message. */
export function pathOf({ url }: Pick<FastifyRequest, "url">, longest = MAX_PATH): string {
  const [path = ""] = url.split("?", 1);
  return path.length > longest ? `${path.slice(0, longest)}…` : path;
}
