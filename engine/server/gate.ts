import type { IncomingMessage } from "node:http";
import { StudioError } from "../contract/errors.ts";
import type { Rejection } from "../http/replies.ts";
import { isOwnOrigin, wrongAddress } from "../http/wrong-address.ts";

export interface GateOptions {
  /** `HOST:PORT` as browsers send it, for every name under which the studio can be reached. */
  readonly hosts: ReadonlySet<string>;
  readonly knowsToken: (token: string) => boolean;
}

/** The only POST that needs no token: it exchanges a one-time code for one. */
export const SESSION_PATH = "/session";

/**
 * Why a request is refused; every route is behind this one gate. A page of another site can make a browser send us
 * nearly any request. If it rebinds its own name to our address, it even counts as our page, and only the Host header
 * shows the difference (measured in Chromium: no Origin, no Sec-Fetch-Site). Whatever changes something, and every call
 * of the contract, is a POST, which needs the token on every path but SESSION_PATH.
 */
export function rejectionOf(request: IncomingMessage, gate: GateOptions): Rejection | undefined {
  return (
    wrongAddress(request, gate.hosts, refused) ??
    wrongOrigin(request, gate.hosts) ??
    wrongMethod(request) ??
    missingToken(request, gate)
  );
}

function wrongOrigin(request: IncomingMessage, hosts: ReadonlySet<string>): Rejection | undefined {
  const { origin } = request.headers;
  if (origin !== undefined && !isOwnOrigin(origin, hosts)) {
    return refused(403, "a page of another origin sent it");
  }
  const site = request.headers["sec-fetch-site"];
  if (site === undefined || site === "same-origin" || site === "none") return undefined;
  return isNavigation(request) ? undefined : refused(403, "a page of another site sent it");
}

/** Whether a person followed a link to the pages. */
function isNavigation({ method, headers }: IncomingMessage): boolean {
  return (
    method === "GET" &&
    headers["sec-fetch-mode"] === "navigate" &&
    headers["sec-fetch-dest"] === "document"
  );
}

function wrongMethod({ method, headers }: IncomingMessage): Rejection | undefined {
  if (method === "GET" || method === "HEAD") return undefined;
  if (method !== "POST") return refused(405, `its method is ${method}`);
  const type = (headers["content-type"] ?? "").split(";", 1)[0]?.trim().toLowerCase();
  // Of the three types that a form can send without a preflight, only multipart/form-data is accepted.
  if (type === "application/json" || type === "multipart/form-data") return undefined;
  return refused(415, "its content is neither JSON nor a form with files");
}

function missingToken(
  { method, url, headers }: IncomingMessage,
  { knowsToken }: GateOptions,
): Rejection | undefined {
  if (method !== "POST" || url === SESSION_PATH) return undefined;
  const [, token] = /^Bearer ([\w.~+/=-]{1,200})$/i.exec(headers.authorization ?? "") ?? [];
  const reason = token === undefined ? "the request carries no token" : "its token is unknown";
  if (token !== undefined && knowsToken(token)) return undefined;
  return { status: 401, error: new StudioError("TOKEN_REFUSED", { reason }) };
}

function refused(status: number, reason: string): Rejection {
  return { status, error: new StudioError("ADDRESS_REFUSED", { reason }) };
}
