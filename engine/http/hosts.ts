import { networkInterfaces } from "node:os";

/** Whether it stands for all of the machine's addresses. */
function isWildcard(host: string): boolean {
  return host === "0.0.0.0" || host === "::";
}

export type Scheme = "http" | "https";

const PORTS = { http: 80, https: 443 } as const;

/** A host and port as in a URL. */
export function hostAndPort(host: string, port: number, scheme: Scheme = "http"): string {
  const name = host.includes(":") ? `[${host}]` : host;
  return port === PORTS[scheme] ? name : `${name}:${port}`;
}

/**
 * Every valid `Host` header of a listener: loopback, the address it is bound to, and the chosen `names`. Addresses are
 * no risk, since they cannot be rebound; other names count only if they are listed.
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

/** The address at which to open a listener: one for all addresses is opened through loopback. */
export function originOf(bound: string, port: number, scheme: Scheme = "http"): string {
  return `${scheme}://${hostAndPort(isWildcard(bound) ? "127.0.0.1" : bound, port, scheme)}`;
}

/** The same for display; says if a listener is open on all addresses of its computer. */
export function toldOrigin(bound: string, origin: string): string {
  return isWildcard(bound) ? `${origin} (all addresses)` : origin;
}

function machineAddresses(): string[] {
  return Object.values(networkInterfaces())
    .flat()
    .map((entry) => entry?.address ?? "")
    .filter((address) => address !== "");
}
