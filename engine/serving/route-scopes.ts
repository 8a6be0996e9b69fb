import type { KeyScope } from "./caller.ts";

/** The scope that a route needs; `open` for probes, which have no key. */
export type RouteScope = KeyScope | "open";

/** An address with its scope and methods. An address that declares no scope needs management. */
export interface ScopedRoute {
  /** As in routers: `:name` matches any one segment. */
  readonly path: string;
  readonly scope?: RouteScope;
  /** The suffix after the last name, such as `:predict`, for addresses that answer POST but not GET. */
  readonly verb?: string;
  readonly GET?: unknown;
  readonly POST?: unknown;
  readonly PUT?: unknown;
  readonly DELETE?: unknown;
  readonly OPTIONS?: unknown;
}

/** The scope of a request by its raw method and path, before it reaches a router. */
export type ScopeOf = (request: {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
}) => RouteScope;

/** The methods of an address; for an unknown address all that we use. */
export type MethodsOf = (url: string) => readonly string[];

/** The methods of a route, in the order of `Allow`. */
export function methodsOfRoute(route: Omit<ScopedRoute, "path">): readonly string[] {
  const named = (["POST", "PUT", "DELETE", "OPTIONS"] as const).filter(
    (method) => route[method] !== undefined,
  );
  return [...(route.GET === undefined ? [] : ["GET", "HEAD"]), ...named];
}

/** Finds the methods for a raw address in the list of routes. */
export function methodsOf(routes: readonly ScopedRoute[]): MethodsOf {
  const all = routes.map((route) => ({
    names: namesIn(route.path),
    methods: methodsOfRoute(route),
    verb: route.verb,
  }));
  return (url) => {
    const names = namesIn(decoded(url.split(/[?#]/, 1)[0] ?? ""));
    const fitting = all.find((route) => fits(names, route.names));
    if (fitting?.verb === undefined) return fitting?.methods ?? ["GET", "HEAD", "POST"];
    const isVerb = names.at(-1)?.endsWith(fitting.verb) === true;
    return fitting.methods.filter((method) => (method === "POST") === isVerb);
  };
}

/** The spellings of an address: with and without a trailing slash. */
export function writingsOf(path: string): readonly string[] {
  return path.endsWith("/") ? [path] : [path, `${path}/`];
}

/**
 * Finds the scope for a raw address in the list of routes. `open` needs an exact match with an open route. For others
 * the address is read more leniently than the router does (decoded repeatedly, doubled or trailing slashes, any case);
 * if several routes match, management wins, and so it does if none matches.
 */
export function scopesOf(routes: readonly ScopedRoute[]): ScopeOf {
  const open = new Set(
    routes.flatMap(({ path, scope }) => (scope === "open" ? writingsOf(path) : [])),
  );
  const patterns = routes.map(({ path, scope = "management" }) => ({
    names: namesIn(path),
    isManagement: scope === "management",
  }));
  return ({ method, url = "" }) => {
    const [path = ""] = url.split("?", 1);
    const isRead = method === "GET" || method === "HEAD";
    if (isRead && open.has(path)) return "open";
    const names = namesIn(decoded(url.split(/[?#]/, 1)[0] ?? ""));
    const fitting = patterns.filter((pattern) => fits(names, pattern.names));
    const isInference = fitting.length > 0 && !fitting.some(({ isManagement }) => isManagement);
    return isInference ? "inference" : "management";
  };
}

function namesIn(path: string): readonly string[] {
  return path
    .toLowerCase()
    .split(/[/\\]+/)
    .filter((name) => name !== "" && name !== ".");
}

function fits(names: readonly string[], pattern: readonly string[]): boolean {
  return (
    names.length === pattern.length &&
    pattern.every((part, i) => part.startsWith(":") || part === names[i])
  );
}

/** Nobody encodes more often than once, or twice by mistake. */
const MOST_DECODINGS = 4;

function decoded(path: string): string {
  let text = path;
  for (let i = 0; i < MOST_DECODINGS && text.includes("%"); i++) text = decodedOnce(text);
  return text;
}

/** Byte by byte, so that invalid text does not stop the rest from being decoded. */
function decodedOnce(text: string): string {
  return text.replaceAll(/%([\da-f]{2})/gi, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
}
