import { networkInterfaces } from "node:os";

/** Whether it stands for all addresses of the machine. */
function isWildcard(host: string): boolean {
  return host === "0.0.0.0" || host === "::";
}

export type Scheme = "http" | "https";

const PORTS = { http: 80, https: 443 } as const;

/** A host and port as they stand in an address. */
export function hostAndPort(host: string, port: number, scheme: Scheme = "http"): string {
  const name = host.includes(":") ? `[${host}]` : host;
  return port === PORTS[scheme] ? name : `${name}:${port}`;
}

/**
 * Every `Host` a browser may send to a listener: loopback, what it is bound to, and the `names` somebody
 * chose. Addresses are no risk, since nobody can rebind one; other names are not ours until named.
 */
export function hostsOf(
  bound: string,
  port: number,
  names: readonly string[],
  scheme: Scheme = "http",
): Set<string> {
  const own = isWildcard(bound) ? machineAddresses() : [bound];
  return new Set(
    ["127.0.0.1", "localhost", "::1", ...own, ...names].map((host) =>
      hostAndPort(host.toLowerCase(), port, scheme),
    ),
  );
}

/** The address to open a listener by: one that stands for all is reached by loopback. */
export function originOf(bound: string, port: number, scheme: Scheme = "http"): string {
  return `${scheme}://${hostAndPort(isWildcard(bound) ? "127.0.0.1" : bound, port, scheme)}`;
}

function machineAddresses(): string[] {
  return Object.values(networkInterfaces())
    .flat()
    .map((entry) => entry?.address ?? "")
    .filter((address) => address !== "");
}
