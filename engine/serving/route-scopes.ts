import type { KeyScope } from "./caller.ts";

/** What a caller must be allowed for a route; `open` for probes, which have no key. */
export type RouteScope = KeyScope | "open";

/** An address, its scope, and what it answers. One that declares no scope is management. */
export interface ScopedRoute {
  /** As routers have it: `:name` stands for any one part. */
  readonly path: string;
  readonly scope?: RouteScope;
  /** What stands behind the name, as a part of it, where POST is answered and GET is not: `:predict`. */
  readonly verb?: string;
  readonly GET?: unknown;
  readonly POST?: unknown;
  readonly PUT?: unknown;
  readonly DELETE?: unknown;
  readonly OPTIONS?: unknown;
}

/** The scope of a request by its raw method and path, before a router has seen it. */
export type ScopeOf = (request: {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
}) => RouteScope;

/** The methods that an address takes; all of ours where it is none of ours. */
export type MethodsOf = (url: string) => readonly string[];

/** The methods of a route, in the order in which `Allow` tells them. */
export function methodsOfRoute(route: Omit<ScopedRoute, "path">): readonly string[] {
  const named = (["POST", "PUT", "DELETE", "OPTIONS"] as const).filter(
    (method) => route[method] !== undefined,
  );
  return [...(route.GET === undefined ? [] : ["GET", "HEAD"]), ...named];
}

/** Tells methods by what the routes answer, by the address as it came. */
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

/** How an address may be written: with a slash at its end or without. */
export function writingsOf(path: string): readonly string[] {
  return path.endsWith("/") ? [path] : [path, `${path}/`];
}

/**
 * Tells scopes by what the routes declare. Open is a read of exactly an open route's address. All others
 * are read more loosely than the router reads them (encodings undone again and again, slashes doubled or
 * left over, any case); where that fits several routes, management wins, and so it does where it fits none.
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

/** More than anybody encodes once, or twice by mistake. */
const MOST_DECODINGS = 4;

function decoded(path: string): string {
  let text = path;
  for (let i = 0; i < MOST_DECODINGS && text.includes("%"); i++) text = decodedOnce(text);
  return text;
}

/** Byte by byte, so that one that is no text does not keep the others from being read. */
function decodedOnce(text: string): string {
  return text.replaceAll(/%([\da-f]{2})/gi, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
}
