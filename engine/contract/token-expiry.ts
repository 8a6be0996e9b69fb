import type { Endpoint } from "./endpoints.ts";

/** A token that expires within a day (milliseconds) gets a warning: only someone with the rights can create another. */
const SOON_MS = 86_400_000;

/** The state of an endpoint's token. */
export type TokenState = "none" | "kept" | "lasting" | "expiring" | "expired";

type Tokened = Pick<Endpoint, "hasToken"> & { readonly tokenExpiresAt?: string | undefined };

/** `kept` means a token without an expiry date. Times are milliseconds since 1970. */
export function tokenStateOf({ hasToken, tokenExpiresAt }: Tokened, now: number): TokenState {
  if (!hasToken) return "none";
  if (tokenExpiresAt === undefined) return "kept";
  const left = Date.parse(tokenExpiresAt) - now;
  if (left <= 0) return "expired";
  return left <= SOON_MS ? "expiring" : "lasting";
}

/** When a token expires or expired, for a sentence; undefined if it neither expired nor expires within a day. */
export function tokenExpiryWords(endpoint: Tokened, now: number): string | undefined {
  const state = tokenStateOf(endpoint, now);
  if (state !== "expiring" && state !== "expired") return undefined;
  return `${state === "expired" ? "expired" : "expires"} at ${utcMinute(endpoint.tokenExpiresAt ?? "")}`;
}

/** `2026-11-25 13:00 UTC` of a time in ISO 8601. */
export function utcMinute(at: string): string {
  return `${at.slice(0, 16).replace("T", " ")} UTC`;
}
