import { StudioError } from "../contract/errors.ts";
import type { Rejection } from "../http/replies.ts";
import type { Caller } from "./caller.ts";
import type { Scheme } from "../http/hosts.ts";
import { type Addressed, isOwnOrigin, wrongAddress } from "../http/wrong-address.ts";
import type { MethodsOf, RouteScope, ScopeOf } from "./route-scopes.ts";

/** The parts of a request that the gate examines, as in an IncomingMessage. */
export interface RequestHead extends Addressed {
  readonly method?: string | undefined;
}

export interface GateOptions {
  /**
   * `HOST:PORT`, or `HOST` behind a proxy, for every name that clients may use; absent if any name is allowed.
   */
  readonly hosts: ReadonlySet<string> | undefined;
  /** The scheme of our own pages. */
  readonly scheme?: Scheme;
  /** Additional origins whose pages may use the server. */
  readonly origins: ReadonlySet<string>;
  /** Whether everyone needs a key: by the setting, or because other machines can reach the address. */
  readonly isKeyRequired: boolean;
  /** Whether there are any keys. */
  readonly hasKeys: boolean;
  readonly callerOf: (secret: string) => Caller | undefined;
  /** The scope a request needs, by its raw path. */
  readonly scopeOf: ScopeOf;
  /** The methods of an address. */
  readonly methodsOf: MethodsOf;
  /** The caller without a key, if none is required. */
  readonly anonymous: Caller;
}

/** The gate's decision. `origin` is set if a page of a listed origin may read the reply. */
export type GateDecision = { readonly origin?: string } & (
  | { readonly kind: "refused"; readonly rejection: Rejection; readonly caller?: Caller }
  /** A browser asks whether a page may send a request. */
  | { readonly kind: "preflight" }
  | {
      readonly kind: "in";
      readonly caller: Caller;
      /** Whether it asks only for what probes may know. */
      readonly isProbe?: boolean;
    }
);

/**
 * Decides whether a request may enter; every route of the inference server is behind this one gate. It checks the
 * address first, then the origin, the method, the key and the content type. A page that rebinds its own name to our
 * address is recognised only by Host: in Chromium it sends neither Origin nor Sec-Fetch-Site.
 *
 * Keys: `open` routes, such as health, need none, the others only if `isKeyRequired`. Even if it is not, an unknown key
 * is refused while there are keys; if there are none, it is ignored: clients written for a cluster send its token.
 *
 * Content: a page of another site can make a browser send forms and plain text without a preflight. Such a page has no
 * key, so these types need one. A request without a content type can come only from a script, whose Origin browsers
 * send. Two clients' forms need no key unless a browser sent them: Triton's C++ client labels its requests to the
 * repository as forms, and OpenAI's SDKs upload pictures as forms, always with an `Authorization` header.
 */
export function decide(head: RequestHead, gate: GateOptions): GateDecision {
  const wrong = wrongAddress(head, gate.hosts, refused) ?? wrongOrigin(head, gate);
  if (wrong !== undefined) return { kind: "refused", rejection: wrong };
  const { origin } = head.headers;
  const page = origin !== undefined && isListed(origin, gate) ? { origin } : {};
  const { method } = head;
  if (method === "OPTIONS" && "origin" in page) return { kind: "preflight", ...page };
  if (!USUAL.has(method) && !gate.methodsOf(head.url ?? "").includes(method ?? "")) {
    return { kind: "refused", ...page, rejection: wrongMethod(head, gate.methodsOf) };
  }
  return { ...page, ...whoMayEnter(head, gate) };
}

function isListed(origin: string, { origins }: GateOptions): boolean {
  return origins.has(origin.toLowerCase()) || origins.has("*");
}

/** The gate checks these methods itself; the others by the routes' own lists. */
const USUAL: ReadonlySet<string | undefined> = new Set(["GET", "HEAD", "POST"]);

function wrongOrigin({ headers }: RequestHead, gate: GateOptions): Rejection | undefined {
  const { origin } = headers;
  if (origin !== undefined) {
    if (isListed(origin, gate)) return undefined;
    const hosts = gate.hosts ?? new Set([headers.host?.toLowerCase() ?? ""]);
    if (!isOwnOrigin(origin, hosts, gate.scheme))
      return refused(403, "a page of another origin sent it");
  }
  const site = headers["sec-fetch-site"];
  if (site === undefined || site === "same-origin" || site === "none") return undefined;
  return refused(403, "a page of another site sent it");
}

function wrongMethod({ method = "", url = "" }: RequestHead, methodsOf: MethodsOf): Rejection {
  const [address = ""] = url.split("?", 1);
  const error = new StudioError("METHOD_REFUSED", {
    address,
    method,
    allowed: methodsOf(url).join(" or "),
  });
  return { status: error.status, error };
}

type Entry = Extract<GateDecision, { kind: "in" | "refused" }>;

function whoMayEnter(head: RequestHead, gate: GateOptions): Entry {
  const shown = secretIn(head);
  const known = shown === undefined ? undefined : gate.callerOf(shown);
  const scope = gate.scopeOf(head);
  if (scope === "open") return { kind: "in", caller: known ?? gate.anonymous, isProbe: true };
  if (known === undefined) {
    const reason = whyNotAnonymous(head, gate);
    if (reason !== undefined) {
      const error = new StudioError("KEY_REFUSED", { reason });
      return { kind: "refused", rejection: { status: error.status, error } };
    }
  }
  const caller = known ?? gate.anonymous;
  const rejection = wrongScope(scope, caller) ?? wrongType(head, known ?? trusted(head, gate));
  if (rejection === undefined) return { kind: "in", caller };
  return { kind: "refused", rejection, caller };
}

/** The key, or for A1111's clients the password of basic authentication. */
function secretIn({ url = "", headers: { authorization = "" } }: RequestHead): string | undefined {
  const [, key] = /^Bearer +([\w.~+/=-]{1,200})$/i.exec(authorization) ?? [];
  if (key !== undefined || !url.startsWith("/sdapi/")) return key;
  const [, pair = ""] = /^Basic +([\w+/=]{1,600})$/i.exec(authorization) ?? [];
  const plain = Buffer.from(pair, "base64").toString("latin1");
  const [, password] = /^[^:]*:([\w.~+/=-]{1,200})$/.exec(plain) ?? [];
  return password;
}

/** Why a request without a key is refused. */
export const NO_KEY = "it carries no key";

function whyNotAnonymous(
  head: RequestHead,
  { isKeyRequired, hasKeys }: GateOptions,
): string | undefined {
  const { authorization } = head.headers;
  if (authorization === undefined) {
    return isKeyRequired ? NO_KEY : undefined;
  }
  if (isKeyRequired) return "its key is unknown";
  const isShown = hasKeys && (/^Bearer\b/i.test(authorization) || secretIn(head) !== undefined);
  return isShown ? "its key is unknown" : undefined;
}

function wrongScope(scope: Exclude<RouteScope, "open">, { scopes }: Caller): Rejection | undefined {
  if (scopes.has(scope)) return undefined;
  const error = new StudioError("KEY_INSUFFICIENT", { scope });
  return { status: error.status, error };
}

const FORM = "application/x-www-form-urlencoded";
/** Browsers send at least one of these headers with a form, on any page. */
const BROWSERS = /^(?:origin|referer|cookie|sec-.*)$/;

const JSON_OPTION = "curl needs -H 'Content-Type: application/json'";

/** If any host name is allowed, so is any content type, unless a browser sent it: curl labels everything as a form. */
function trusted(head: RequestHead, { hosts, anonymous }: GateOptions): Caller | undefined {
  return hosts === undefined && !isBrowsers(head) ? anonymous : undefined;
}

function wrongType(head: RequestHead, known: Caller | undefined): Rejection | undefined {
  const { method, headers } = head;
  if (method !== "POST" || known !== undefined) return undefined;
  const [type = ""] = (headers["content-type"] ?? "").trim().toLowerCase().split(/\s*;/, 1);
  if (type === "application/json" || type === "application/octet-stream") return undefined;
  if (isTakenWithoutKey(type, head)) return undefined;
  return refused(
    415,
    `without a key its content must be JSON or binary, and say so: ${JSON_OPTION}`,
  );
}

/** tritonclient sends no content type. A form always has one, and a script is recognised by its Origin. */
function isTakenWithoutKey(type: string, head: RequestHead): boolean {
  if (type === FORM) return isTritons(head);
  return type === "" || (type === "multipart/form-data" && isSdks(head));
}

function isTritons(head: RequestHead): boolean {
  return head.url?.startsWith("/v2/repository/") === true && !isBrowsers(head);
}

/** A page's form carries no key, and a page's script that sends one is recognised by its Origin. */
function isSdks(head: RequestHead): boolean {
  const isKeyed = head.headers.authorization !== undefined;
  return head.url?.startsWith("/v1/images/edits") === true && (isKeyed || !isBrowsers(head));
}

function isBrowsers({ headers }: RequestHead): boolean {
  return Object.keys(headers).some((name) => BROWSERS.test(name));
}

function refused(status: number, reason: string): Rejection {
  return { status, error: new StudioError("REQUEST_REFUSED", { reason }) };
}
