import { systemCode } from "../files/system-error.ts";

const NO_TLS = "it does not speak TLS; the address may need http://";

/** What a failed connection means, by Node's or undici's code. */
const REASONS: Readonly<Record<string, string>> = {
  ENOTFOUND: "host not found",
  EAI_AGAIN: "its name cannot be looked up now",
  ECONNREFUSED: "nothing listens on that port",
  EHOSTUNREACH: "there is no route to it",
  ENETUNREACH: "there is no route to its network",
  EADDRNOTAVAIL: "there is no route to it",
  ETIMEDOUT: "the connection was not made in time",
  UND_ERR_CONNECT_TIMEOUT: "the connection was not made in time",
  ECONNRESET: "it closed the connection",
  EPIPE: "it closed the connection",
  UND_ERR_SOCKET: "it closed the connection",
  UND_ERR_BODY_TIMEOUT: "it stopped in the middle of its reply",
  EPROTO: NO_TLS,
  // What OpenSSL says to a reply in plain http.
  ERR_SSL_WRONG_VERSION_NUMBER: NO_TLS,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: NO_TLS,
  ERR_PROXY_TUNNEL: "the proxy does not let the connection through",
};

/** What is wrong with a certificate, by OpenSSL's code. */
const CERTIFICATE_REASONS: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: "it is self-signed",
  SELF_SIGNED_CERT_IN_CHAIN: "it is signed by a CA that this computer does not trust",
  UNABLE_TO_GET_ISSUER_CERT: "it is signed by a CA that this computer does not trust",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "it is signed by a CA that this computer does not trust",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "it is signed by a CA that this computer does not trust",
  CERT_HAS_EXPIRED: "it has expired",
  CERT_NOT_YET_VALID: "it is not valid yet",
  CERT_REVOKED: "it was revoked",
  CERT_UNTRUSTED: "it is not trusted for this",
  INVALID_PURPOSE: "it is not a server certificate",
  INVALID_CA: "its issuer may not sign certificates",
  ERR_TLS_CERT_ALTNAME_INVALID: "it is for another host",
  HOSTNAME_MISMATCH: "it is for another host",
};

/**
 * Why a request got no reply: the machine could not be reached, its certificate is not trusted, or what it sent is not
 * HTTP.
 */
export interface ConnectionReason {
  readonly kind: "unreachable" | "certificate" | "reply";
  /** Completes a sentence after a colon. */
  readonly reason: string;
}

/** Why a request failed; undefined for errors of our own. */
export function connectionReason(error: unknown): ConnectionReason | undefined {
  const spoken = otherProtocol(error);
  if (spoken !== undefined) return { kind: "reply", reason: spoken };
  const code = codeOf(error);
  if (code === undefined) return undefined;
  const wrong = CERTIFICATE_REASONS[code];
  if (wrong !== undefined) return { kind: "certificate", reason: wrong };
  if (isOverflow(code)) return { kind: "reply", reason: "its headers are too large" };
  if (code === LENGTH_MISMATCH)
    return { kind: "reply", reason: "its length differs from its Content-Length" };
  if (code.startsWith("HPE_")) return { kind: "reply", reason: "it is not HTTP" };
  const reason = REASONS[code] ?? (isTls(code) ? "its TLS reply is invalid" : undefined);
  return reason === undefined ? undefined : { kind: "unreachable", reason };
}

/** Errors of a server that does not speak HTTP or breaks off: undici reports these by name and message. */
function otherProtocol(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error.name === "HTTPParserError") return "it is not HTTP";
  const isUpgrade = error.message === "bad upgrade";
  return isUpgrade ? "it changes to a protocol that Darkroom did not ask for" : undefined;
}

const OVERFLOWS: ReadonlySet<string> = new Set(["UND_ERR_HEADERS_OVERFLOW", "HPE_HEADER_OVERFLOW"]);
const isOverflow = (code: string): boolean => OVERFLOWS.has(code);

/** undici's error for more bytes than Content-Length says, or for two such headers. */
const LENGTH_MISMATCH = "UND_ERR_RES_CONTENT_LENGTH_MISMATCH";

function isTls(code: string): boolean {
  return code.startsWith("ERR_SSL_") || code.startsWith("ERR_TLS_");
}

/** The code of an error or of its cause: attempts at several addresses fail together. */
function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const code = systemCode(error);
  if (code !== undefined && isKnown(code)) return code;
  const inner: readonly unknown[] = [
    error.cause,
    ...(error instanceof AggregateError ? error.errors : []),
  ];
  return inner.map(codeOf).find((code) => code !== undefined);
}

function isKnown(code: string): boolean {
  return (
    Object.hasOwn(REASONS, code) ||
    Object.hasOwn(CERTIFICATE_REASONS, code) ||
    isOverflow(code) ||
    code === LENGTH_MISMATCH ||
    code.startsWith("HPE_") ||
    isTls(code)
  );
}
