import type { Socket } from "node:net";
import { type NamedProxy, proxyFor } from "../network/environment-proxy.ts";
import { openTunnel, type Tunnelling } from "../network/tunnel.ts";

/** Where an endpoint is, and whether it is reached as the environment says. */
export interface Way {
  readonly origin: string;
  /** Whether it is reached without the proxy that the environment names. */
  readonly isDirect: boolean;
}

/**
 * The proxy that an endpoint is reached through; undefined where it is reached directly. Over plain http it always
 * is: whoever runs a proxy would read all that is sent, keys and prompts. Refuses as PROXY_INVALID.
 */
export function proxyOf({ origin, isDirect }: Way): NamedProxy | undefined {
  if (isDirect || !origin.startsWith("https:")) return undefined;
  return proxyFor(new URL(origin), process.env);
}

/** A connection to an endpoint by way of a proxy, for TLS to be spoken over. Refuses as `openTunnel` does. */
export function tunnelTo(
  origin: string,
  proxy: NamedProxy,
  tunnelling: Tunnelling,
): Promise<Socket> {
  const { hostname, port } = new URL(origin);
  const end = { host: hostname.replace(/^\[|\]$/g, ""), port: Number(port) || 443 };
  return openTunnel(proxy, end, tunnelling);
}
