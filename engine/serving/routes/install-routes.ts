import type { FastifyInstance } from "fastify";
import { StudioError } from "../../contract/errors.ts";
import { generateRoute, generateStreamRoute } from "./generate-routes.ts";
import { inferRoute } from "./infer-route.ts";
import { modelRoutes, versioned } from "./model-routes.ts";
import { refuse } from "./refuse.ts";
import { repositoryRoutes } from "./repository-routes.ts";
import { installRoute, pathOf, type Route } from "./route.ts";
import { BodyReader } from "./read-body.ts";
import type { RouteParts, SharedParts } from "./route-parts.ts";

/** Answers the inference protocols on a listener whose gate lets in who may ask. */
export function installRoutes(app: FastifyInstance, parts: RouteParts): void {
  void app.register(async (scope) => {
    // Bodies are bytes here: they may be packed, or binary, and their limits are the protocol's own.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser("*", (_request, _payload, done) => done(null));
    scope.setErrorHandler(refuse);
    const shared = { ...parts, bodies: new BodyReader() };
    for (const route of routesOf(shared)) installRoute(scope, route);
    scope.all("/*", (request) => {
      throw new StudioError("NOT_FOUND", { what: "address", id: pathOf(request) });
    });
  });
}

/** Every address, and what answers there. */
export function routesOf(parts: SharedParts): readonly Route[] {
  return [
    ...modelRoutes(parts),
    ...versioned("/infer", { POST: inferRoute(parts) }),
    ...versioned("/generate", { POST: generateRoute(parts) }),
    ...versioned("/generate_stream", { POST: generateStreamRoute(parts) }),
    ...repositoryRoutes(parts),
  ];
}
