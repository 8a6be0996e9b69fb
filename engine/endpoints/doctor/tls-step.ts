import { isIP, type Socket } from "node:net";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { connectionReason } from "../../network/connection-reason.ts";
import { secureContext } from "../../network/trust.ts";
import { connected, placeOf, reached } from "./connected.ts";
import type { ExaminedEndpoint, Outcome } from "./examined-endpoint.ts";

/** The handshake, and the certificate. */
export async function tls(endpoint: ExaminedEndpoint, signal: AbortSignal): Promise<Outcome> {
  const place = placeOf(endpoint);
  if (!place.isTls) return { outcome: "skipped", seen: "plain http has none" };
  const { trust } = endpoint;
  const context = { secureContext: secureContext(trust), isChecked: !trust.isInsecure };
  let socket: TLSSocket | undefined;
  try {
    socket = await handshake(endpoint, context, signal);
    return tlsOutcome(socket, trust.isInsecure);
  } catch (error) {
    signal.throwIfAborted();
    const found = connectionReason(error);
    if (found?.kind === "certificate") return certificateOutcome(endpoint, found.reason, signal);
    if (await speaksHttp(endpoint, signal)) {
      return {
        outcome: "failed",
        seen: `Port ${place.port} speaks plain http, not TLS.`,
        fix: "Write the address with http://, or use the port that speaks TLS.",
      };
    }
    const reason = found?.reason ?? "the handshake was not finished in time";
    const seen = `No TLS connection came about: ${reason}.`;
    return {
      outcome: "failed",
      seen,
      fix: "Check the port; a proxy or firewall may interrupt TLS.",
    };
  } finally {
    socket?.destroy();
  }
}

function tlsOutcome(socket: TLSSocket, isInsecure: boolean): Outcome {
  const certificate = socket.getPeerX509Certificate();
  const until = certificate?.validToDate.toISOString().slice(0, 10) ?? "";
  const seen = `${socket.getProtocol() ?? "TLS"}, certificate valid until ${until}`;
  if (!isInsecure) return { outcome: "ok", seen };
  return {
    outcome: "warning",
    seen: `${seen}; it is not checked`,
    fix: "Trust its CA for this endpoint instead of any certificate.",
  };
}

/** OpenShift's own CA, which signs routes' certificates by default. */
const ROUTER_CA =
  "oc get configmap default-ingress-cert -n openshift-config-managed -o jsonpath='{.data.ca-bundle\\.crt}'";

/** What is wrong with a certificate, with the details it contains. */
async function certificateOutcome(
  endpoint: ExaminedEndpoint,
  reason: string,
  signal: AbortSignal,
): Promise<Outcome> {
  const shown = await shownNames(endpoint, signal);
  const seen = `The certificate is not trusted: ${reason}${shown === undefined ? "" : ` (${shown})`}.`;
  if (reason === "it is for another host") {
    return {
      outcome: "failed",
      seen,
      fix: "Use the name that it is for, or let its operator add this one to it.",
    };
  }
  if (/expired|not valid yet|revoked/.test(reason)) {
    return {
      outcome: "failed",
      seen,
      fix: "Its operator must renew it; check this computer's clock, too.",
    };
  }
  return {
    outcome: "failed",
    seen,
    fix: "Trust its CA for this endpoint: look at the certificate in the endpoint's form, or add the endpoint with --ca FILE.",
    copy: ROUTER_CA,
  };
}

async function shownNames(
  endpoint: ExaminedEndpoint,
  signal: AbortSignal,
): Promise<string | undefined> {
  let socket: TLSSocket | undefined;
  try {
    socket = await handshake(endpoint, { isChecked: false }, signal);
    const certificate = socket.getPeerX509Certificate();
    if (certificate === undefined) return undefined;
    const names = certificate.subjectAltName ?? certificate.subject.replaceAll("\n", ", ");
    const until = certificate.validToDate.toISOString().slice(0, 10);
    const plain = names.replaceAll(/(?:DNS|IP Address):/g, "");
    return `for ${plain.slice(0, 200).toWellFormed()}, until ${until}`;
  } catch {
    signal.throwIfAborted();
    return undefined;
  } finally {
    socket?.destroy();
  }
}

interface Handshake {
  readonly secureContext?: ReturnType<typeof secureContext>;
  readonly isChecked: boolean;
}

/** Opens a TLS connection, sends nothing over it, and closes it once the certificate is known. */
async function handshake(
  endpoint: ExaminedEndpoint,
  { isChecked, ...context }: Handshake,
  signal: AbortSignal,
): Promise<TLSSocket> {
  const { host } = placeOf(endpoint);
  const socket = connectTls({
    socket: await reached(endpoint, signal),
    // The host that the certificate must be for.
    host,
    rejectUnauthorized: isChecked,
    ...context,
    ...(isIP(host) === 0 && { servername: host }),
  });
  try {
    await connected(socket, "secureConnect", signal);
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

/** Whether a port uses TLS, after plain http failed. */
export async function speaksTls(endpoint: ExaminedEndpoint, signal: AbortSignal): Promise<boolean> {
  let socket: TLSSocket | undefined;
  try {
    socket = await handshake(endpoint, { isChecked: false }, signal);
    return true;
  } catch {
    signal.throwIfAborted();
    return false;
  } finally {
    socket?.destroy();
  }
}

/** Whether a port uses plain http, after TLS failed. Nothing of the endpoint is sent. */
async function speaksHttp(endpoint: ExaminedEndpoint, signal: AbortSignal): Promise<boolean> {
  let socket: Socket | undefined;
  try {
    socket = await reached(endpoint, signal);
    socket.write("GET / HTTP/1.0\r\n\r\n");
    const first = await connected<Buffer>(socket, "data", signal);
    return first.subarray(0, 5).toString("latin1") === "HTTP/";
  } catch {
    signal.throwIfAborted();
    return false;
  } finally {
    socket?.destroy();
  }
}
