import { EnvHttpProxyAgent, fetch } from "undici";
import type { Fetch } from "../download/http.ts";

/** This machine is never asked through a proxy. */
const LOCAL = "127.0.0.1,localhost,::1";

/**
 * A fetch that goes through the proxy that HTTPS_PROXY, HTTP_PROXY and NO_PROXY name, as Node's own
 * does not unless it is started so.
 */
export function proxiedFetch(
  env: Readonly<Record<string, string | undefined>> = process.env,
): Fetch {
  const others = env["no_proxy"] ?? env["NO_PROXY"];
  const noProxy = others === undefined || others === "" ? LOCAL : `${others},${LOCAL}`;
  const dispatcher = new EnvHttpProxyAgent({ noProxy });
  return (url, init) => fetch(url, { ...init, dispatcher });
}
