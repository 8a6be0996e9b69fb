import { Agent, fetch, ProxyAgent, type Dispatcher } from "undici";
import { StudioError } from "../contract/errors.ts";
import { isThisMachine, type Fetch } from "./http.ts";

type Environment = Readonly<Record<string, string | undefined>>;

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
    const uri = proxyFor(url, env)?.href;
    if (uri === undefined) return direct;
    const proxy = proxies.get(uri) ?? new ProxyAgent({ uri, connectTimeout: CONNECT_MS });
    proxies.set(uri, proxy);
    return proxy;
  };
  return async (url, init) => fetch(url, { ...init, dispatcher: dispatcherFor(url) });
}

/**
 * The proxy for an address; undefined where it is requested directly, as this machine always is. Reads the variables as
 * curl does: lower case before upper case, no scheme means http, and the http variable also applies to https if that
 * has none. Refuses as PROXY_INVALID.
 */
export function proxyFor(url: URL, env: Environment): URL | undefined {
  const exempt = env["no_proxy"] ?? env["NO_PROXY"] ?? "";
  if (isThisMachine(url) || isExempt(url, exempt)) return undefined;
  const pairs = url.protocol === "https:" ? [HTTPS, HTTP] : [HTTP];
  const names = pairs.map(([small, capital]) => (env[small] === undefined ? capital : small));
  const name = names.find((one) => (env[one] ?? "").trim() !== "");
  return name === undefined ? undefined : readProxy(name, env[name] ?? "");
}

const HTTPS = ["https_proxy", "HTTPS_PROXY"] as const;
const HTTP = ["http_proxy", "HTTP_PROXY"] as const;
const SCHEMES: ReadonlySet<string> = new Set(["http:", "https:", "socks5:"]);

function readProxy(variable: string, value: string): URL {
  const text = value.trim();
  const url = URL.parse(/^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text : `http://${text}`);
  if (url !== null && url.hostname !== "" && SCHEMES.has(url.protocol)) return url;
  const isOther = url !== null && !SCHEMES.has(url.protocol);
  const reason = isOther
    ? "only http://, https:// and socks5:// proxies are supported"
    : "it is not an address";
  throw new StudioError("PROXY_INVALID", { variable, address: withoutPassword(text), reason });
}

/** An address for messages: without user name, password, and anything after the host. */
export function withoutPassword(address: string): string {
  const [, scheme = "", rest = ""] = /^([a-z][a-z\d+.-]*:\/\/)?(.*)$/is.exec(address) ?? [];
  const host = rest.slice(rest.lastIndexOf("@") + 1).replace(/[/?#].*$/s, "");
  return `${scheme}${host}`.slice(0, 100);
}

/** Whether NO_PROXY lists a host: the host itself, its domain, or `*`, each with or without a port. */
function isExempt({ hostname, port, protocol }: URL, exempt: string): boolean {
  const host = hostname.replace(/^\[(.+)\]$/, "$1");
  const asked = port === "" ? { "https:": "443", "http:": "80" }[protocol] : port;
  return exempt.split(/[\s,]+/).some((entry) => {
    const [, name = "", wanted] = /^\[?(\*|[^[\]]*?)\]?(?::(\d+))?$/.exec(entry) ?? [];
    if (name === "" || (wanted !== undefined && wanted !== asked)) return false;
    const domain = name.replace(/^\*?\./, "").toLowerCase();
    return name === "*" || host === domain || host.endsWith(`.${domain}`);
  });
}
