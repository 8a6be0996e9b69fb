import type { FastifyInstance, FastifyRequest } from "fastify";
import { StudioError } from "../../contract/errors.ts";
import { methodsOf, type MethodsOf, scopesOf, type ScopeOf } from "../route-scopes.ts";
import type { Probe } from "../probes.ts";
import { a1111Routes } from "../a1111/a1111-routes.ts";
import { imageRoutes } from "../openai/image-routes.ts";
import { metricsRoute } from "../metrics/metrics-route.ts";
import { pictureRoutes } from "./picture-routes.ts";
import { modelRoutes } from "./model-routes.ts";
import { refuse } from "./refuse.ts";
import { repositoryRoutes } from "./repository-routes.ts";
import { installRoute, pathOf, type Route, SWITCHES } from "./route.ts";
import { BodyReader } from "./read-body.ts";
import type { RouteParts, SharedParts } from "./route-parts.ts";

/** What a gate needs to know about the routes behind it. */
export interface RouteTable {
  readonly scopeOf: ScopeOf;
  readonly methodsOf: MethodsOf;
  /** By address. */
  readonly probes: ReadonlyMap<string, Probe>;
}

/** A listener's routes, and the form of its refusals. */
export interface Answers {
  readonly routes: (parts: SharedParts) => readonly Route[];
  readonly refuse: typeof refuse;
}

/**
 * Installs the inference protocols on a listener, and gives its gate the routes' scopes and methods. The scope is
 * checked once more against the route that the router has chosen.
 */
export function installRoutes(
  app: FastifyInstance,
  parts: RouteParts,
  { routes: makeRoutes, refuse: answer }: Answers = { routes: routesOf, refuse },
): RouteTable {
  const routes = makeRoutes({ ...parts, bodies: new BodyReader() });
  void app.register(async (scope) => {
    // Bodies are read as bytes: they can be compressed or binary, and the protocol has its own limits.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser("*", (_request, _payload, done) => done(null));
    scope.setErrorHandler(answer);
    // Not a promise, since this runs for every probe.
    scope.addHook("onRequest", (request, _, done) => {
      refuseSwitchedOff(request, parts);
      refuseOutOfScope(request, parts);
      done();
    });
    for (const route of routes) installRoute(scope, route);
    scope.all("/*", (request) => {
      throw unknownAddress(request);
    });
  });
  const probes = new Map(routes.flatMap(({ path, probe }) => (probe ? [[path, probe]] : [])));
  return { scopeOf: scopesOf(routes), methodsOf: methodsOf(routes), probes };
}

/** Refuses a protocol that is switched off as if it did not exist. */
function refuseSwitchedOff(request: FastifyRequest, { settings }: RouteParts): void {
  const { protocol } = request.routeOptions.config;
  if (protocol !== undefined && !settings()[SWITCHES[protocol]]) throw unknownAddress(request);
}

function unknownAddress(request: FastifyRequest): StudioError {
  const extension = extensionAt(pathOf(request, Infinity));
  return extension ?? new StudioError("ADDRESS_UNKNOWN", { address: pathOf(request) });
}

function refuseOutOfScope(request: FastifyRequest, { callerOf }: RouteParts): void {
  const { scope = "management" } = request.routeOptions.config;
  if (scope === "open" || callerOf(request).scopes.has(scope)) return;
  throw new StudioError("KEY_INSUFFICIENT", { scope });
}

const MODEL = "/v2/models/[^/]+(?:/versions/[^/]+)?";

/** Addresses of extensions that are not supported, with their names in the documentation. */
const ADDRESSES: readonly (readonly [RegExp, string])[] = [
  [new RegExp(`^${MODEL}/config/?$`), "the model configuration extension"],
  [new RegExp(`^${MODEL}/infer_stream/?$`), "infer_stream; use generate_stream"],
  [new RegExp(`^(?:${MODEL}|/v2)/trace/setting/?$`), "the trace extension"],
  [/^\/v2\/logging\/?$/, "the logging extension"],
  [/^\/v2\/systemsharedmemory(?:\/|$)/, "the system shared memory extension"],
  [/^\/v2\/cudasharedmemory(?:\/|$)/, "the CUDA shared memory extension"],
  [/^\/v2\/repository\/[^/]+\/index\/?$/, "several repositories; use /v2/repository/index"],
];

/** The refusal of an unknown address, if it belongs to an extension. */
function extensionAt(path: string): StudioError | undefined {
  const known = ADDRESSES.find(([pattern]) => pattern.test(path));
  return known && new StudioError("EXTENSION_NOT_OFFERED", { extension: known[1] });
}

/** Every address, and its implementation. */
export function routesOf(parts: SharedParts): readonly Route[] {
  return [
    ...modelRoutes(parts),
    ...pictureRoutes(parts),
    ...repositoryRoutes(parts),
    ...(parts.metrics === undefined ? [] : [metricsRoute(parts.metrics)]),
    ...imageRoutes(parts),
    ...a1111Routes(parts),
  ];
}
