import { Agent, fetch, ProxyAgent, type Dispatcher } from "undici";
import { type Environment, proxyFor } from "../network/environment-proxy.ts";
import type { Fetch } from "./http.ts";

/** Long enough for any connection that can carry a model; being offline is reported within five seconds. */
const CONNECT_MS = 3_500;

/**
 * A fetch that uses the proxy in HTTPS_PROXY, HTTP_PROXY and NO_PROXY, which Node's own does only when started so. The
 * variables are read at each request: an invalid one rejects as PROXY_INVALID at that request only.
 */
export function proxiedFetch(env: Environment = process.env): Fetch {
  const direct = new Agent({ connect: { timeout: CONNECT_MS } });
  const proxies = new Map<string, Dispatcher>();
  const dispatcherFor = (url: URL): Dispatcher => {
    const uri = proxyFor(url, env)?.url.href;
    if (uri === undefined) return direct;
    const proxy = proxies.get(uri) ?? new ProxyAgent({ uri, connectTimeout: CONNECT_MS });
    proxies.set(uri, proxy);
    return proxy;
  };
  return async (url, init) => fetch(url, { ...init, dispatcher: dispatcherFor(url) });
}
