import { StudioError } from "../contract/errors.ts";

/**
 * The bearer token in what was pasted, or in a `token.cfg`: line breaks and spaces, which the seed's
 * notebook strips too, are none of it. Undefined where nothing is left. The refusal does not repeat it.
 */
export function tokenIn(text: string): string | undefined {
  const token = text.replace(/^\s*Bearer\s+/i, "").replaceAll(/\s+/g, "");
  if (token === "") return undefined;
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  const reason = "a token has letters, digits and signs";
  throw new StudioError("REQUEST_INVALID", { field: "The token", value: "this", reason });
}

/** What a token says of itself, which nobody has checked: for a person to read. */
export interface TokenClaims {
  readonly expiresAt?: string;
  readonly subject?: string;
}

/** Longest subject that is shown. */
const MAX_SUBJECT = 300;

/** The end and the subject of a JSON web token; neither, where it is another kind or has none. */
export function claimsOf(token: string): TokenClaims {
  const [, payload, signature] = token.split(".");
  if (payload === undefined || signature === undefined) return {};
  const claims = parsed(Buffer.from(payload, "base64url").toString("utf8"));
  const [exp, sub] = [claims["exp"], claims["sub"]];
  const expiresAt = typeof exp === "number" ? new Date(exp * 1000) : undefined;
  const isDate = expiresAt !== undefined && Math.abs(expiresAt.getUTCFullYear()) <= 9999;
  return {
    ...(isDate && { expiresAt: expiresAt.toISOString() }),
    ...(typeof sub === "string" && { subject: sub.slice(0, MAX_SUBJECT).toWellFormed() }),
  };
}

function parsed(json: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
