import { connect, type Socket } from "node:net";
import { proxyOf, tunnelTo, type Way } from "../way.ts";
import type { ExaminedEndpoint } from "./examined-endpoint.ts";

/** Time limit for a connection or a handshake. */
const PATIENCE_MS = 10_000;

/** Where an endpoint listens. */
export interface Place {
  readonly host: string;
  readonly port: number;
  readonly isTls: boolean;
}

/** The place in an address. */
export function placeOf({ address: { origin } }: ExaminedEndpoint): Place {
  const { protocol, hostname, port } = new URL(origin);
  const isTls = protocol === "https:";
  const standard = isTls ? 443 : 80;
  return { host: hostname.replace(/^\[|\]$/g, ""), port: Number(port) || standard, isTls };
}

/** How an endpoint is reached. */
export function wayOf({ address: { origin }, isDirect }: ExaminedEndpoint): Way {
  return { origin, isDirect };
}

/** A connection to an endpoint's port without sending anything: through the proxy, if one is used. */
export async function reached(endpoint: ExaminedEndpoint, signal: AbortSignal): Promise<Socket> {
  const way = wayOf(endpoint);
  const proxy = proxyOf(way);
  if (proxy !== undefined) {
    return tunnelTo(way.origin, proxy, { timeoutMs: PATIENCE_MS, signal });
  }
  const { host, port } = placeOf(endpoint);
  const socket = connect({ host, port });
  try {
    await connected(socket, "connect", signal);
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

/** Resolves with an event of a socket. Rejects if it fails, closes, takes too long or is aborted. */
export function connected<T = unknown>(
  socket: Socket,
  event: string,
  signal: AbortSignal,
): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  socket.once(event, resolve);
  socket.on("error", reject);
  socket.once("close", () => reject(new Error("closed")));
  const timer = setTimeout(() => reject(new Error("late")), PATIENCE_MS);
  const abort = () => reject(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  return promise.finally(() => {
    clearTimeout(timer);
    signal.removeEventListener("abort", abort);
  });
}
