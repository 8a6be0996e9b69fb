import type { IncomingHttpHeaders } from "node:http";
import type { Scheme } from "./hosts.ts";

/** Of a request, what tells where it means to go and where it comes from: the beginning of an IncomingMessage. */
export interface Addressed {
  readonly url?: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly headersDistinct: NodeJS.Dict<string[]>;
}

/**
 * The refusal of a request that does not mean us, by a path and by one host that is ours; `refused` makes
 * it of an HTTP status and a reason. Without `hosts` any host will do. A page that rebinds its own name to our address is known by nothing
 * else: in Chromium it sends neither Origin nor Sec-Fetch-Site.
 */
export function wrongAddress<Refusal>(
  { url = "", headersDistinct }: Addressed,
  hosts: ReadonlySet<string> | undefined,
  refused: (status: number, reason: string) => Refusal,
): Refusal | undefined {
  if (!url.startsWith("/")) return refused(421, "it names another server");
  const [host, ...others] = headersDistinct["host"] ?? [];
  if (host === undefined || host === "")
    return refused(400, "it does not say which host it is for");
  if (others.length > 0) return refused(400, "it names several hosts");
  return hosts === undefined || hosts.has(host.toLowerCase())
    ? undefined
    : refused(421, "it is for another host");
}

/** Whether a page is our own. `null`, which sandboxed frames send, is nobody's origin. */
export function isOwnOrigin(
  origin: string,
  hosts: ReadonlySet<string>,
  scheme: Scheme = "http",
): boolean {
  const begin = `${scheme}://`;
  return origin.startsWith(begin) && hosts.has(origin.slice(begin.length).toLowerCase());
}
