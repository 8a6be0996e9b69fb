import { X509Certificate } from "node:crypto";
import { createSecureContext, getCACertificates, type SecureContext } from "node:tls";
import { StudioError } from "../contract/errors.ts";

/** Which certificates an endpoint may show. */
export interface Trust {
  /** PEM, besides the system's authorities. */
  readonly ca: string | null;
  /** Whether any certificate is taken. */
  readonly isInsecure: boolean;
  /** PEM of what this machine shows of itself, where it signs in by that. */
  readonly identity?: { readonly cert: string; readonly key: string } | undefined;
}

/** One context for all endpoints that need nothing of their own: reading hundreds of authorities takes a while. */
let common: SecureContext | undefined;

/** What TLS trusts for one endpoint, and for that one alone. */
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

/** Refuses as REQUEST_INVALID what holds no certificate. */
export function checkCa(ca: string | null): string | null {
  if (ca === null || ca.trim() === "") return null;
  const found = ca.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  if (found.length === 0) throw refused("none is in it");
  if (!found.every(isSound)) throw refused("it is damaged");
  // Nothing else of a file, such as a key, is kept.
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
