import type { X509Certificate } from "node:crypto";
import { connect, type TLSSocket } from "node:tls";
import type { Certificate } from "../contract/endpoints.ts";
import { StudioError } from "../contract/errors.ts";
import { connectionRefusal, unreachable } from "./connection-refusal.ts";
import { readAddress } from "./endpoint-address.ts";
import type { Tunnelling } from "../network/tunnel.ts";
import { proxyOf, tunnelTo, type Way } from "./way.ts";

const PATIENCE_MS = 10_000;
/** A longer chain is not genuine. */
const MAX_CHAIN = 10;

export interface Looking {
  /** Whether the environment's proxy is bypassed. */
  readonly isDirect?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly patienceMs?: number;
}

/**
 * The certificates of a host, its own first, for a person to compare and choose. Nothing is trusted and nothing is
 * sent. Refuses as ENDPOINT_UNREACHABLE or PROXY_FAILED.
 */
export async function certificatesOf(
  address: string,
  { isDirect = false, signal, patienceMs = PATIENCE_MS }: Looking = {},
): Promise<Certificate[]> {
  const { origin } = readAddress(address);
  const { protocol, hostname, host } = new URL(origin);
  if (protocol !== "https:") {
    const reason = "over http no certificates are shown";
    throw new StudioError("REQUEST_INVALID", { field: "The address", value: "of http", reason });
  }
  signal?.throwIfAborted();
  const name = hostname.replace(/^\[|\]$/g, "");
  const late = AbortSignal.timeout(patienceMs);
  const socket = connect({
    ...(await placeOf({ origin, isDirect }, { timeoutMs: patienceMs, signal })),
    // Looking is not trusting: the connection is closed before anything is sent over it.
    rejectUnauthorized: false,
    ...(/^[\d.]+$|:/.test(name) ? {} : { servername: name }),
  });
  try {
    await shaken(socket, host, AbortSignal.any([late, ...signals(signal)]));
    return chainOf(socket).map(describe);
  } catch (error) {
    signal?.throwIfAborted();
    throw connectionRefusal(error, host) ?? error;
  } finally {
    socket.destroy();
  }
}

/** What a TLS connection is made over: the port itself, or a tunnel to it. */
async function placeOf(way: Way, tunnelling: Tunnelling) {
  const proxy = proxyOf(way);
  if (proxy !== undefined) return { socket: await tunnelTo(way.origin, proxy, tunnelling) };
  const { hostname, port } = new URL(way.origin);
  return { host: hostname.replace(/^\[|\]$/g, ""), port: port === "" ? 443 : Number(port) };
}

/** A certificate for a person to compare. */
export function describe(certificate: X509Certificate): Certificate {
  return {
    subject: nameIn(certificate.subject),
    issuer: nameIn(certificate.issuer),
    fingerprint: certificate.fingerprint256,
    validTo: certificate.validToDate.toISOString(),
    pem: certificate.toString(),
  };
}

function signals(signal: AbortSignal | undefined): readonly AbortSignal[] {
  return signal === undefined ? [] : [signal];
}

function shaken(socket: TLSSocket, host: string, signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  socket.once("secureConnect", resolve);
  socket.once("error", reject);
  socket.once("close", () => reject(unreachable(host, "it closed the connection")));
  signal.addEventListener(
    "abort",
    () => reject(unreachable(host, "the connection was not made in time")),
    { once: true },
  );
  return promise;
}

function chainOf(socket: TLSSocket): X509Certificate[] {
  const chain: X509Certificate[] = [];
  let next = socket.getPeerX509Certificate();
  while (next !== undefined && chain.length < MAX_CHAIN) {
    const { fingerprint256 } = next;
    // A self-signed certificate is its own issuer.
    if (chain.some((known) => known.fingerprint256 === fingerprint256)) break;
    chain.push(next);
    next = next.issuerCertificate;
  }
  return chain;
}

/** The common name, or else the whole name, on one line. */
function nameIn(distinguished: string | undefined): string {
  const common = /^CN=(.*)$/m.exec(distinguished ?? "")?.[1];
  return (common ?? distinguished ?? "").replaceAll("\n", ", ").slice(0, 300).toWellFormed();
}
