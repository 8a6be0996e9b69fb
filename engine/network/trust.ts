import { X509Certificate } from "node:crypto";
import { createSecureContext, getCACertificates, type SecureContext } from "node:tls";
import { StudioError } from "../contract/errors.ts";

/** The certificates that are accepted from an endpoint. */
export interface Trust {
  /** PEM of additional authorities, besides the system's. */
  readonly ca: string | null;
  /** Whether any certificate is accepted. */
  readonly isInsecure: boolean;
  /** PEM of this machine's client certificate and key, if it signs in with one. */
  readonly identity?: { readonly cert: string; readonly key: string } | undefined;
}

/** Shared by all endpoints without certificates of their own: reading hundreds of authorities takes a while. */
let common: SecureContext | undefined;

/** The TLS context of one endpoint only. */
export function secureContext({ ca, identity }: Trust): SecureContext {
  if (ca !== null || identity !== undefined) return contextWith(ca === null ? [] : [ca], identity);
  common ??= contextWith([]);
  return common;
}

function contextWith(own: readonly string[], identity?: Trust["identity"]): SecureContext {
  return createSecureContext({
    ...identity,
    ca: [...getCACertificates("default"), ...getCACertificates("system"), ...own],
    // A certificate that a person trusts need not come with its authority.
    allowPartialTrustChain: own.length > 0,
  });
}

/** Returns the certificates in a text. Refuses as REQUEST_INVALID if there are none. */
export function checkCa(ca: string | null): string | null {
  if (ca === null || ca.trim() === "") return null;
  const found = ca.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  if (found.length === 0) throw refused("none is in it");
  if (!found.every(isSound)) throw refused("it is damaged");
  // Nothing else in the file, such as a key, is kept.
  return `${found.join("\n")}\n`;
}

function isSound(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}

function refused(reason: string): StudioError {
  return new StudioError("REQUEST_INVALID", { field: "The certificate", value: "this", reason });
}
