import type { IncomingHttpHeaders } from "node:http";
import type { Scheme } from "./hosts.ts";

/** The parts of a request that say where it is going and where it comes from: the start of an IncomingMessage. */
export interface Addressed {
  readonly url?: string | undefined;
  readonly headers: IncomingHttpHeaders;
  /** Names and values in turn, as they came: a header that came twice is there twice. */
  readonly rawHeaders: readonly string[];
}

/**
 * The refusal of a request that does not mean us, by a path and by one host that is ours; `refused` makes
 * it of an HTTP status and a reason. Without `hosts` any host will do. A page that rebinds its own name to our address is known by nothing
 * else: in Chromium it sends neither Origin nor Sec-Fetch-Site.
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

/** Whether `Host` is there more than once; of several, Node's `headers` have the first alone. */
function areSeveral(rawHeaders: readonly string[]): boolean {
  let hosts = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] ?? "";
    if (name.length === "host".length && name.toLowerCase() === "host") hosts++;
  }
  return hosts > 1;
}

/** Whether a page is our own. `null`, which sandboxed frames send, is not an origin. */
export function isOwnOrigin(
  origin: string,
  hosts: ReadonlySet<string>,
  scheme: Scheme = "http",
): boolean {
  const begin = `${scheme}://`;
  return origin.startsWith(begin) && hosts.has(origin.slice(begin.length).toLowerCase());
}
