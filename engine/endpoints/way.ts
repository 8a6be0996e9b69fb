import type { Socket } from "node:net";
import { type NamedProxy, proxyFor } from "../network/environment-proxy.ts";
import { openTunnel, type Tunnelling } from "../network/tunnel.ts";

/** An endpoint's origin, and whether the environment's proxy is used. */
export interface Way {
  readonly origin: string;
  /** Whether the environment's proxy is bypassed. */
  readonly isDirect: boolean;
}

/**
 * The proxy for an endpoint; undefined for a direct connection. Plain http always goes direct: a proxy could read
 * everything, including keys and prompts. Refuses as PROXY_INVALID.
 */
export function proxyOf({ origin, isDirect }: Way): NamedProxy | undefined {
  if (isDirect || !origin.startsWith("https:")) return undefined;
  return proxyFor(new URL(origin), process.env);
}

/** A connection to an endpoint through a proxy, for TLS. Refuses as `openTunnel` does. */
export function tunnelTo(
  origin: string,
  proxy: NamedProxy,
  tunnelling: Tunnelling,
): Promise<Socket> {
  const { hostname, port } = new URL(origin);
  const end = { host: hostname.replace(/^\[|\]$/g, ""), port: Number(port) || 443 };
  return openTunnel(proxy, end, tunnelling);
}
