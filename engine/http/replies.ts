import type { ServerResponse } from "node:http";
import type { StudioError } from "../contract/errors.ts";

/** Headers of every reply; pages and pictures add their own policy. */
export const COMMON_HEADERS = {
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
} as const;

/** Without a charset, which JSON does not have: KServe's SDK recognises only this. */
export const JSON_TYPE = "application/json";

/** Why a request is refused, with its HTTP status. */
export interface Rejection {
  readonly status: number;
  readonly error: StudioError;
}

/** A listener's reply to a refused request. */
export interface RefusalReply {
  /** If it differs from the refusal's own. */
  readonly status?: number;
  readonly body: object;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Refuses a request without reading its body; the connection is closed. */
export function refuse(
  response: ServerResponse,
  status: number,
  { body, headers }: RefusalReply,
): void {
  const text = JSON.stringify(body);
  // A page that the gate has allowed may read the reason.
  const policy = response.getHeader("cross-origin-resource-policy");
  response.writeHead(status, {
    ...COMMON_HEADERS,
    "content-type": JSON_TYPE,
    "content-length": Buffer.byteLength(text),
    "cache-control": "no-store",
    connection: "close",
    ...(policy !== undefined && { "cross-origin-resource-policy": policy }),
    ...headers,
  });
  response.end(text);
}
