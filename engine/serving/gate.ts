import { StudioError } from "../contract/errors.ts";
import type { Rejection } from "../http/replies.ts";
import type { Caller } from "./caller.ts";
import type { Scheme } from "../http/hosts.ts";
import { type Addressed, isOwnOrigin, wrongAddress } from "../http/wrong-address.ts";
import type { MethodsOf, RouteScope, ScopeOf } from "./route-scopes.ts";

/** The parts of a request that the gate examines: the head of an IncomingMessage. */
export interface Knock extends Addressed {
  readonly method?: string | undefined;
}

export interface GateOptions {
  /**
   * `HOST:PORT`, or `HOST` behind a proxy, for every name that clients may use; absent if any name is allowed and
   * everyone who can reach the server may use it.
   */
  readonly hosts: ReadonlySet<string> | undefined;
  /** The scheme of our own pages. */
  readonly scheme?: Scheme;
  /** Additional origins whose pages may use the server. */
  readonly origins: ReadonlySet<string>;
  /** Whether everyone needs a key: because of the setting, or because others can reach the address. */
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
export type Passage = { readonly origin?: string } & (
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
 * The one gate in front of every route of the inference server. The address is looked at first, since a
 * rebound page is known by nothing else: in Chromium it sends neither Origin nor Sec-Fetch-Site. Then the
 * origin, the method, the key and the content's type.
 *
 * Keys: health is open to probes, behind the same address rules. On this machine's own addresses no key
 * is needed unless one is required by setting, or names are listed, by which a proxy brings in others;
 * where a key was ever made, an unknown one is refused there, too, and where none was, whatever a client sends is ignored (clients written for a cluster
 * send the cluster's token). On any other address everybody needs one.
 *
 * Content: a page of another site can make a browser send forms and plain text without asking first, so
 * these types are taken only along with a key, which such a page does not have. Content that names no
 * type comes from scripts alone, and browsers tell the Origin of those. What Triton's C++ client sends to
 * the repository it labels as a form; there that is taken where no header is a browser's. OpenAI's SDKs
 * send pictures as forms, with a key even where none is asked for.
 */
export function passageOf(knock: Knock, gate: GateOptions): Passage {
  const wrong = wrongAddress(knock, gate.hosts, refused) ?? wrongOrigin(knock, gate);
  if (wrong !== undefined) return { kind: "refused", rejection: wrong };
  const { origin } = knock.headers;
  const page = origin !== undefined && isListed(origin, gate) ? { origin } : {};
  const { method } = knock;
  if (method === "OPTIONS" && "origin" in page) return { kind: "preflight", ...page };
  if (!USUAL.has(method) && !gate.methodsOf(knock.url ?? "").includes(method ?? "")) {
    return { kind: "refused", ...page, rejection: wrongMethod(knock, gate) };
  }
  return { ...page, ...whoMayEnter(knock, gate) };
}

function isListed(origin: string, { origins }: GateOptions): boolean {
  return origins.has(origin.toLowerCase()) || origins.has("*");
}

/** The gate checks these methods itself; the others by the routes' own lists. */
const USUAL: ReadonlySet<string | undefined> = new Set(["GET", "HEAD", "POST"]);

function wrongOrigin({ headers }: Knock, gate: GateOptions): Rejection | undefined {
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

function wrongMethod({ method = "", url = "" }: Knock, { methodsOf }: GateOptions): Rejection {
  const [address = ""] = url.split("?", 1);
  const error = new StudioError("METHOD_REFUSED", {
    address,
    method,
    allowed: methodsOf(url).join(" or "),
  });
  return { status: error.status, error };
}

type Entry = Extract<Passage, { kind: "in" | "refused" }>;

function whoMayEnter(knock: Knock, gate: GateOptions): Entry {
  const shown = secretIn(knock);
  const known = shown === undefined ? undefined : gate.callerOf(shown);
  const scope = gate.scopeOf(knock);
  if (scope === "open") return { kind: "in", caller: known ?? gate.anonymous, isProbe: true };
  if (known === undefined) {
    const reason = whyNotAnonymous(knock, gate);
    if (reason !== undefined) {
      const error = new StudioError("KEY_REFUSED", { reason });
      return { kind: "refused", rejection: { status: error.status, error } };
    }
  }
  const caller = known ?? gate.anonymous;
  const rejection = wrongScope(scope, caller) ?? wrongType(knock, known ?? trusted(knock, gate));
  if (rejection === undefined) return { kind: "in", caller };
  return { kind: "refused", rejection, caller };
}

/** The key, or for A1111's clients the password of basic authentication. */
function secretIn({ url = "", headers: { authorization = "" } }: Knock): string | undefined {
  const [, key] = /^Bearer +([\w.~+/=-]{1,200})$/i.exec(authorization) ?? [];
  if (key !== undefined || !url.startsWith("/sdapi/")) return key;
  const [, pair = ""] = /^Basic +([\w+/=]{1,600})$/i.exec(authorization) ?? [];
  const plain = Buffer.from(pair, "base64").toString("latin1");
  const [, password] = /^[^:]*:([\w.~+/=-]{1,200})$/.exec(plain) ?? [];
  return password;
}

/** Why a request without a key is refused. */
export const NO_KEY = "the request carries no key";

function whyNotAnonymous(
  knock: Knock,
  { isKeyRequired, hasKeys }: GateOptions,
): string | undefined {
  const { authorization } = knock.headers;
  if (authorization === undefined) {
    return isKeyRequired ? NO_KEY : undefined;
  }
  if (isKeyRequired) return "its key is unknown";
  const isShown = hasKeys && (/^Bearer\b/i.test(authorization) || secretIn(knock) !== undefined);
  return isShown ? "its key is unknown" : undefined;
}

function wrongScope(scope: Exclude<RouteScope, "open">, { scopes }: Caller): Rejection | undefined {
  if (scopes.has(scope)) return undefined;
  const error = new StudioError("KEY_INSUFFICIENT", { scope });
  return { status: error.status, error };
}

const FORM = "application/x-www-form-urlencoded";
/** Browsers send at least one of these headers with a form, whoever made the page. */
const BROWSERS = /^(?:origin|referer|cookie|sec-.*)$/;

const JSON_OPTION = "curl needs -H 'Content-Type: application/json'";

/**
 * If everyone who can reach the server may use it, any content type is accepted unless a browser sent it: curl labels
 * everything as a form.
 */
function trusted(knock: Knock, { hosts, anonymous }: GateOptions): Caller | undefined {
  return hosts === undefined && !isBrowsers(knock) ? anonymous : undefined;
}

function wrongType(knock: Knock, known: Caller | undefined): Rejection | undefined {
  const { method, headers } = knock;
  if (method !== "POST" || known !== undefined) return undefined;
  const [type = ""] = (headers["content-type"] ?? "").trim().toLowerCase().split(/\s*;/, 1);
  if (type === "application/json" || type === "application/octet-stream") return undefined;
  if (isTakenWithoutKey(type, knock)) return undefined;
  return refused(
    415,
    `without a key its content must be JSON or binary, and say so: ${JSON_OPTION}`,
  );
}

/** tritonclient sends no content type. A form always has one, and a script is recognised by its Origin. */
function isTakenWithoutKey(type: string, knock: Knock): boolean {
  if (type === FORM) return isTritons(knock);
  return type === "" || (type === "multipart/form-data" && isSdks(knock));
}

function isTritons(knock: Knock): boolean {
  return knock.url?.startsWith("/v2/repository/") === true && !isBrowsers(knock);
}

/** A page's form carries no key, and a page's script that sends one is recognised by its Origin. */
function isSdks(knock: Knock): boolean {
  const isKeyed = knock.headers.authorization !== undefined;
  return knock.url?.startsWith("/v1/images/edits") === true && (isKeyed || !isBrowsers(knock));
}

function isBrowsers({ headers }: Knock): boolean {
  return Object.keys(headers).some((name) => BROWSERS.test(name));
}

function refused(status: number, reason: string): Rejection {
  return { status, error: new StudioError("REQUEST_REFUSED", { reason }) };
}
