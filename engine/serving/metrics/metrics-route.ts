import type { ScopeOf } from "../route-scopes.ts";
import type { Route } from "../routes/route.ts";
import type { ServingMetrics } from "./serving-metrics.ts";

/** Whether a request is Prometheus', by its raw address. */
export function isMetricsRead({ method, url = "" }: Parameters<ScopeOf>[0]): boolean {
  const [path] = url.split("?", 1);
  return method === "GET" && path === "/metrics";
}

/** More than there are. */
const MOST_NAMES = 100;

/**
 * Where Prometheus reads; `?name[]=` selects metrics, as in TorchServe. Unless `isOpen`, it needs the scope for
 * requesting pictures. With `installRoutes` it can be on a listener of its own, as TorchServe has it on 8082.
 */
export function metricsRoute(
  metrics: Pick<ServingMetrics, "text" | "contentType">,
  { isOpen = false }: { readonly isOpen?: boolean } = {},
): Route {
  return {
    path: "/metrics",
    scope: isOpen ? "open" : "inference",
    GET: async ({ url }, reply) => {
      const [, query = ""] = url.split("?", 2);
      const names = new URLSearchParams(query).getAll("name[]").slice(0, MOST_NAMES);
      return reply.type(metrics.contentType).send(await metrics.text(names));
    },
  };
}
