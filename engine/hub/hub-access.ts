import { StudioError } from "../contract/errors.ts";
import type { Fetch, Http } from "../download/http.ts";
import { withoutPassword } from "../network/environment-proxy.ts";
import { isThisMachine } from "../network/this-machine.ts";

/** Where models are downloaded from, and with which token. */
export interface HubAccess {
  /** As returned by hubEndpoint. */
  readonly endpoint: string;
  readonly token?: string | undefined;
  readonly fetch: Fetch;
  readonly stallMs?: number | undefined;
  readonly pausesMs?: readonly number[] | undefined;
  readonly reachMs?: number | undefined;
}

/** Files of one commit of a repository. */
export interface HubPlace {
  readonly repository: string;
  readonly revision: string;
}

const PUBLIC_HUB = "https://huggingface.co";
const PATIENCE = { stallMs: 30_000, pausesMs: [1_000, 4_000, 15_000, 30_000], reachMs: 5_000 };

/**
 * The hub's address without a trailing slash: the chosen one, else HF_ENDPOINT, else the public hub. Refuses as
 * HUB_ADDRESS_INVALID.
 */
export function hubEndpoint(
  chosen: string | undefined,
  env: Readonly<Record<string, string | undefined>> = process.env,
): string {
  const fromEnvironment = env["HF_ENDPOINT"]?.trim();
  const address = chosen ?? (fromEnvironment === "" ? undefined : fromEnvironment) ?? PUBLIC_HUB;
  const reason = addressFault(address);
  if (reason === undefined) return address.replace(/\/+$/, "");
  const setting = chosen === undefined ? "HF_ENDPOINT" : "from Settings";
  const shown = withoutPassword(address);
  throw new StudioError("HUB_ADDRESS_INVALID", { address: shown, setting, reason });
}

function addressFault(address: string): string | undefined {
  if (!/^https?:\/\//i.test(address)) return "it must start with https:// or http://";
  const url = URL.parse(address);
  if (url === null) return "it is not an address";
  const isNamed = url.username !== "" || url.password !== "";
  return isNamed ? "it contains a user name or password, which is never sent" : undefined;
}

/** How requests to the hub are made. An address without TLS is allowed, since a person chose it. */
export function httpOf(access: HubAccess, more: Pick<Http, "failed" | "signal">): Http {
  const url = URL.parse(access.endpoint);
  return {
    fetch: access.fetch,
    stallMs: access.stallMs ?? PATIENCE.stallMs,
    pausesMs: access.pausesMs ?? PATIENCE.pausesMs,
    reachMs: access.reachMs ?? PATIENCE.reachMs,
    plainHost: url?.protocol === "http:" ? url.host : undefined,
    ...more,
  };
}

/** The token as a header, for addresses of the hub's own origin. It is not sent where others could read it. */
export function authorizationFor(address: string, access: HubAccess): Record<string, string> {
  const url = URL.parse(address);
  const isHub = url !== null && url.origin === URL.parse(access.endpoint)?.origin;
  const isPrivate = isHub && (url.protocol === "https:" || isThisMachine(url));
  const { token } = access;
  return isPrivate && isSendable(token) ? { authorization: `Bearer ${token}` } : {};
}

/** Whether a token can be put in a header; the error for one that cannot would quote it. */
export function isSendable(token: string | undefined): token is string {
  return token !== undefined && /^[\x21-\x7e]+$/.test(token);
}

/** The address of a file; the hub redirects large files to their storage. */
export function fileAddress(
  { endpoint }: HubAccess,
  { repository, revision }: HubPlace,
  path: string,
): string {
  const file = path.split("/").map(encodeURIComponent).join("/");
  return `${endpoint}/${repository}/resolve/${encodeURIComponent(revision)}/${file}`;
}

/** The hub's host, for messages. */
export function hostOf({ endpoint }: HubAccess): string {
  return URL.parse(endpoint)?.host ?? endpoint;
}

export function unreachable(access: HubAccess, reason: string, cause?: unknown): StudioError {
  return new StudioError("HUB_UNREACHABLE", { host: hostOf(access), reason }, { cause });
}
