import { BlockList, isIP, isIPv4 } from "node:net";
import { StudioError } from "../contract/errors.ts";
import { isThisMachine } from "./this-machine.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** A proxy that the environment names. Its address may hold a name and a password: show its host alone. */
export interface NamedProxy {
  readonly url: URL;
  /** The variable that names it. */
  readonly variable: string;
}

/**
 * The proxy for an address; undefined if it is requested directly, as this machine always is. Reads the variables as
 * curl does: lower case before upper case, no scheme means http, and the http variable also applies to https if that
 * has none. Refuses as PROXY_INVALID.
 */
export function proxyFor(url: URL, env: Environment): NamedProxy | undefined {
  const exempt = env["no_proxy"] ?? env["NO_PROXY"] ?? "";
  if (isThisMachine(url) || isExempt(url, exempt)) return undefined;
  const variable = proxyVariable(url, env);
  return variable === undefined ? undefined : readProxy(variable, env[variable] ?? "");
}

/** The variable that would name the proxy of an address, whatever is exempt. */
export function proxyVariable({ protocol }: URL, env: Environment): string | undefined {
  const pairs = protocol === "https:" ? [HTTPS, HTTP] : [HTTP];
  const names = pairs.map(([small, capital]) => (env[small] === undefined ? capital : small));
  return names.find((one) => (env[one] ?? "").trim() !== "");
}

const HTTPS = ["https_proxy", "HTTPS_PROXY"] as const;
const HTTP = ["http_proxy", "HTTP_PROXY"] as const;
const SCHEMES: ReadonlySet<string> = new Set(["http:", "https:", "socks5:"]);

function readProxy(variable: string, value: string): NamedProxy {
  const text = value.trim();
  const url = URL.parse(/^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text : `http://${text}`);
  if (url !== null && url.hostname !== "" && SCHEMES.has(url.protocol)) return { url, variable };
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

/** Whether NO_PROXY lists a host: the host itself, its domain, its network, or `*`; all but networks with or without a port. */
function isExempt({ hostname, port, protocol }: URL, exempt: string): boolean {
  const host = hostname.replace(/^\[(.+)\]$/, "$1");
  const asked = port === "" ? { "https:": "443", "http:": "80" }[protocol] : port;
  return exempt.split(/[\s,]+/).some((entry) => {
    if (isInNetwork(host, entry)) return true;
    if (isIP(entry) === 6) return host === URL.parse(`http://[${entry}]`)?.hostname.slice(1, -1);
    const [, name = "", wanted] = /^\[?(\*|[^[\]]*?)\]?(?::(\d+))?$/.exec(entry) ?? [];
    if (name === "" || (wanted !== undefined && wanted !== asked)) return false;
    const domain = name.replace(/^\*?\./, "").toLowerCase();
    return name === "*" || host === domain || host.endsWith(`.${domain}`);
  });
}

/** Whether an address is in a network such as 10.0.0.0/8, as clusters and Go's programs name them. */
function isInNetwork(host: string, entry: string): boolean {
  const [, network = "", digits = ""] = /^([\da-f.:]+)\/(\d{1,3})$/i.exec(entry) ?? [];
  const bits = Number(digits);
  if (isIP(host) === 0 || isIP(network) !== isIP(host)) return false;
  if (bits > (isIPv4(host) ? 32 : 128)) return false;
  const family = isIPv4(host) ? "ipv4" : "ipv6";
  const list = new BlockList();
  list.addSubnet(network, bits, family);
  return list.check(host, family);
}
