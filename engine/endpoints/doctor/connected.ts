import type { Socket } from "node:net";
import type { Patient } from "./patient.ts";

/** Longest time for a connection or a handshake. */
const PATIENCE_MS = 10_000;

/** Where an endpoint listens. */
export interface Place {
  readonly host: string;
  readonly port: number;
  readonly isTls: boolean;
}

/** The place that an address names. */
export function placeOf({ address: { origin } }: Patient): Place {
  const { protocol, hostname, port } = new URL(origin);
  const isTls = protocol === "https:";
  const standard = isTls ? 443 : 80;
  return { host: hostname.replace(/^\[|\]$/g, ""), port: Number(port) || standard, isTls };
}

/** What comes with the next event of a socket. Rejects where it fails, closes, takes too long or is aborted. */
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
