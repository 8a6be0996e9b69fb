import { StudioError } from "../contract/errors.ts";

/**
 * The bearer token in a pasted text or a `token.cfg`, without line breaks and spaces, which the KServe example's
 * notebook also removes. Undefined if nothing is left. Refusals do not repeat it.
 */
export function tokenIn(text: string): string | undefined {
  const lines = text
    .replace(/^\s*Bearer\s+/i, "")
    .split(/[\r\n]+/)
    .map((line) => line.replaceAll(/\s+/g, ""))
    .filter((line) => line !== "");
  if (lines.length === 0) return undefined;
  if (lines.length > 1 && !isWrapped(lines)) throw invalid("a token is one line");
  const token = lines.join("");
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  throw invalid("a token has letters, digits and signs");
}

/** No program wraps text at less than this. */
const MIN_WIDTH = 40;

/**
 * Whether lines are one wrapped token, rather than several tokens: all but the last are full, and only the first starts
 * like a token.
 */
function isWrapped([first = "", ...others]: readonly string[]): boolean {
  const last = others.at(-1) ?? "";
  const areFull = others.slice(0, -1).every(({ length }) => length === first.length);
  const isBegun = others.some((line) => /^(eyJ|sha256~)/.test(line));
  return first.length >= MIN_WIDTH && areFull && last.length < first.length && !isBegun;
}

function invalid(reason: string): StudioError {
  return new StudioError("REQUEST_INVALID", { field: "The token", value: "this", reason });
}

/** Unverified claims of a token, for a person to read. */
export interface TokenClaims {
  readonly expiresAt?: string;
  readonly subject?: string;
}

/** Maximum length of a subject that is shown. */
const MAX_SUBJECT = 300;

/** Expiry and subject of a JSON web token; neither for other tokens. */
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
