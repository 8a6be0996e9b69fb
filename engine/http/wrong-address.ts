import type { IncomingHttpHeaders } from "node:http";
import type { Scheme } from "./hosts.ts";

/** The parts of an IncomingMessage that say where a request goes and where it comes from. */
export interface Addressed {
  readonly url?: string | undefined;
  readonly headers: IncomingHttpHeaders;
  /** Names and values in turn, as received, including repeated headers. */
  readonly rawHeaders: readonly string[];
}

/**
 * The refusal of a request that is not addressed to us, made by `refused` from an HTTP status and a reason; undefined
 * if its URL is a path and its only Host is one of `hosts`, or any if `hosts` is absent. A page that rebinds its own
 * name to our address is recognised only by Host: in Chromium it sends neither Origin nor Sec-Fetch-Site.
 */
export function wrongAddress<Refusal>(
  { url = "", headers, rawHeaders }: Addressed,
  hosts: ReadonlySet<string> | undefined,
  refused: (status: number, reason: string) => Refusal,
): Refusal | undefined {
  if (!url.startsWith("/")) return refused(421, "it names another server");
  const { host = "" } = headers;
  if (host === "") return refused(400, "it does not say which host it is for");
  if (areSeveral(rawHeaders)) return refused(400, "it names several hosts");
  return hosts === undefined || hosts.has(host.toLowerCase())
    ? undefined
    : refused(421, "it is for another host");
}

/** Whether there is more than one Host header; Node's `headers` contains only the first. */
function areSeveral(rawHeaders: readonly string[]): boolean {
  let hosts = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] ?? "";
    if (name.length === "host".length && name.toLowerCase() === "host") hosts++;
  }
  return hosts > 1;
}

/** Whether an origin is that of our own pages. `null`, which sandboxed frames send, is not. */
export function isOwnOrigin(
  origin: string,
  hosts: ReadonlySet<string>,
  scheme: Scheme = "http",
): boolean {
  const begin = `${scheme}://`;
  return origin.startsWith(begin) && hosts.has(origin.slice(begin.length).toLowerCase());
}
